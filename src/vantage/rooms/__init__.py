"""The procedural world: furnished rooms from integer seeds, with exact ground truth."""

from vantage.rooms.capturing import RoomSample as RoomSample
from vantage.rooms.capturing import VisibleObject as VisibleObject
from vantage.rooms.capturing import describe as describe
from vantage.rooms.capturing import room_camera as room_camera
from vantage.rooms.capturing import room_capture as room_capture
from vantage.rooms.capturing import room_view as room_view
from vantage.rooms.capturing import stream as stream
from vantage.rooms.capturing import write_room as write_room
from vantage.rooms.capturing import write_rooms as write_rooms
from vantage.rooms.catalogue import CATALOGUE as CATALOGUE
from vantage.rooms.catalogue import CLASS_NAMES as CLASS_NAMES
from vantage.rooms.layout import make_room as make_room
from vantage.rooms.paths import camera_path as camera_path
from vantage.rooms.render import RoomRendering as RoomRendering
from vantage.rooms.render import render_view as render_view
from vantage.rooms.scene import Room as Room
from vantage.rooms.scene import RoomObject as RoomObject
from vantage.rooms.scene import RoomSettings as RoomSettings
from vantage.rooms.splits import TEST_SEEDS as TEST_SEEDS
from vantage.rooms.splits import TRAIN_SEEDS as TRAIN_SEEDS
from vantage.rooms.splits import VALIDATION_SEEDS as VALIDATION_SEEDS
from vantage.rooms.splits import split_of as split_of
