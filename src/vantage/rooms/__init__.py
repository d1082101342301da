"""The procedural world: furnished rooms from integer seeds, with exact ground truth."""

from vantage.rooms.catalogue import CATALOGUE as CATALOGUE
from vantage.rooms.catalogue import CLASS_NAMES as CLASS_NAMES
from vantage.rooms.layout import make_room as make_room
from vantage.rooms.paths import camera_path as camera_path
from vantage.rooms.render import RoomRendering as RoomRendering
from vantage.rooms.render import render_view as render_view
from vantage.rooms.scene import Room as Room
from vantage.rooms.scene import RoomObject as RoomObject
from vantage.rooms.scene import RoomSettings as RoomSettings
from vantage.rooms.shard_reader import ShardSample as ShardSample
from vantage.rooms.shard_reader import read_shard as read_shard
from vantage.rooms.shards import write_shards as write_shards
from vantage.rooms.splits import TEST_SEEDS as TEST_SEEDS
from vantage.rooms.splits import TRAIN_SEEDS as TRAIN_SEEDS
from vantage.rooms.splits import VALIDATION_SEEDS as VALIDATION_SEEDS
from vantage.rooms.splits import split_of as split_of
from vantage.rooms.streaming import RoomSample as RoomSample
from vantage.rooms.streaming import VisibleObject as VisibleObject
from vantage.rooms.streaming import describe as describe
from vantage.rooms.streaming import stream as stream
from vantage.rooms.views import Shots as Shots
from vantage.rooms.views import room_camera as room_camera
from vantage.rooms.views import room_capture as room_capture
from vantage.rooms.views import room_view as room_view
from vantage.rooms.writing import write_room as write_room
from vantage.rooms.writing import write_rooms as write_rooms
