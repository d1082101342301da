"""Training of the embedded `room-*` encoders."""

from vantage.pretraining.batches import CropSettings as CropSettings
from vantage.pretraining.room_clip import PretrainingSettings as PretrainingSettings
from vantage.pretraining.room_clip import pretrain as pretrain
from vantage.pretraining.room_clip_loss import LossWeights as LossWeights
from vantage.pretraining.room_clip_scores import score_rooms as score_rooms
from vantage.pretraining.room_views import PoolSettings as PoolSettings
from vantage.pretraining.room_views import RoomViews as RoomViews
from vantage.pretraining.room_views import render_room as render_room
from vantage.pretraining.training_report import write_training_report as write_training_report
