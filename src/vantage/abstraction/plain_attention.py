"""Where a block of a transformer attends, and another computation in the place of its plain self-attention.

Relevancy needs the attention's probabilities as a part of the graph, and self-correlation needs other products; both
take the queries, keys, values, mask and scale that the model itself would have attended with.
"""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager

from torch import Tensor, nn

from vantage.encoders.attention_blocks import find_attention
from vantage.encoders.attention_calls import AttentionCall, answered_attention
from vantage.encoders.dual_attention import DualAttention
from vantage.errors import UsageError

Compute = Callable[[nn.Module, AttentionCall], Tensor]
"""Takes the module that attends and its call, returns what its heads read (n h t c)."""


def replaced_attention(modules: Sequence[nn.Module], compute: Compute) -> AbstractContextManager[None]:
    """Answer the attention of modules that run inside the `with` by `compute`.

    Args:
        modules: attention modules; their attention must go through torch's `scaled_dot_product_attention`.
        compute: gives what the heads read.

    Raises:
        UsageError: inside the `with`, a module does more than plain self-attention.
    """

    def answer(module: nn.Module, call: AttentionCall) -> Tensor:
        if call.dropout or call.causal or call.shared_keys:
            # No image tower that vantage knows does any of them; a wrong map would be worse than none.
            raise UsageError(
                "relevancy reads plain self-attention; this tower drops out, looks back only or shares keys"
            )
        return compute(module, call)

    return answered_attention(modules, answer)


def attentions_of(block: nn.Module) -> tuple[nn.Module, ...]:
    """Return the modules in which a block attends: one, or the two channels of dual-channel attention.

    Raises:
        UsageError: the block does not have exactly one place of attention.
    """
    # A list, because that is what a stack is to the finder.
    places = find_attention(nn.ModuleList([block]))
    if len(places) != 1:
        raise UsageError(f"a layer of {type(block).__name__} has {len(places)} attentions; relevancy needs one in each")
    module = places[0].module
    return (module.base, module.plus) if isinstance(module, DualAttention) else (module,)
