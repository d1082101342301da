"""Look into features: colours, geometric fidelity, edges against truth, clusters, consistency between views."""

from vantage.probes.clusters import adjusted_rand_index as adjusted_rand_index
from vantage.probes.clusters import kmeans as kmeans
from vantage.probes.clusters import unit_directions as unit_directions
from vantage.probes.colors import color_image as color_image
from vantage.probes.colors import scene_colors as scene_colors
from vantage.probes.consistency import PointPairs as PointPairs
from vantage.probes.consistency import consistency_auc as consistency_auc
from vantage.probes.consistency import pairs_from_depth as pairs_from_depth
from vantage.probes.edges import EdgeCounts as EdgeCounts
from vantage.probes.edges import EdgeTruth as EdgeTruth
from vantage.probes.edges import count_edges as count_edges
from vantage.probes.edges import edge_aucs as edge_aucs
from vantage.probes.edges import edges_at_budget as edges_at_budget
from vantage.probes.fidelity import THRESHOLDS as THRESHOLDS
from vantage.probes.fidelity import check_thresholds as check_thresholds
from vantage.probes.fidelity import edge_counts as edge_counts
from vantage.probes.fidelity import edge_masks as edge_masks
from vantage.probes.fidelity import fidelity_factor as fidelity_factor
from vantage.probes.gradients import feature_strength as feature_strength
from vantage.probes.gradients import sobel as sobel
from vantage.probes.ranks import rank_auc as rank_auc
