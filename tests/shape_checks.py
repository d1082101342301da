"""Types in annotations, checked on every call of every test, at no more cost than they need.

jaxtyping's hook wraps every function so that shapes agree with each other across arguments and result. That takes ten
times a plain call, and most functions name no shape: beartype alone checks those, as strictly.
"""

import inspect
import typing
from collections.abc import Callable
from pathlib import Path
from typing import Any

import beartype
import jaxtyping

SOURCE = Path(__file__).parent.parent / "src"

UNCHECKED = ("rooms/catalogue", "rooms/shapes")
"""A room is some 30 000 calls of these: checked, it takes ten times as long to build, and every test waits for it."""


def install() -> None:
    """Check the functions of all modules that are imported from now on."""
    whole = jaxtyping.jaxtyped

    def typed(function: Any = None, **options: Any) -> Any:
        # The hook writes `@jaxtyping.jaxtyped(typechecker=...)` above every function and class.
        if function is None:
            return lambda function: typed(function, **options)
        return beartype.beartype(function) if _names_no_shape(function) else whole(function, **options)

    jaxtyping.jaxtyped = typed
    jaxtyping.install_import_hook(_typed_modules(), "beartype.beartype")


def _typed_modules() -> list[str]:
    """Return all modules but those of numba kernels, which the shape checker's wrappers would keep from compiling."""
    files = [file for file in SOURCE.rglob("*.py") if file.name != "__init__.py" and "numba" not in file.read_text()]
    files = [file for file in files if not file.relative_to(SOURCE / "vantage").as_posix().startswith(UNCHECKED)]
    return [".".join(file.relative_to(SOURCE).with_suffix("").parts) for file in files]


def _names_no_shape(function: Callable[..., Any]) -> bool:
    """Tell whether a plain function's annotations are all known, and none of them is of arrays with shapes."""
    plain = inspect.isfunction(function) and not inspect.isgeneratorfunction(function)
    return plain and not any(_may_have_shape(hint) for hint in function.__annotations__.values())


def _may_have_shape(hint: Any) -> bool:
    if isinstance(hint, str):
        return True
    if isinstance(hint, list | tuple):
        return any(map(_may_have_shape, hint))
    if inspect.isclass(hint) and isinstance(hint, type(jaxtyping.AbstractArray)):
        return True
    return _may_have_shape(typing.get_args(hint))
