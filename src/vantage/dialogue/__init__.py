"""Spatial conversations: from depth, instances and cameras to questions and answers that are right."""

from vantage.dialogue.asking import converse as converse
from vantage.dialogue.canonical import CanonicalFrame as CanonicalFrame
from vantage.dialogue.canonical import GravityEstimator as GravityEstimator
from vantage.dialogue.canonical import canonical_frame as canonical_frame
from vantage.dialogue.conversation import TEN as TEN
from vantage.dialogue.conversation import TWELVE as TWELVE
from vantage.dialogue.conversation import Conversation as Conversation
from vantage.dialogue.conversation import Evidence as Evidence
from vantage.dialogue.conversation import Layout as Layout
from vantage.dialogue.conversation import Turn as Turn
from vantage.dialogue.conversation import arranged as arranged
from vantage.dialogue.drawing import AskSettings as AskSettings
from vantage.dialogue.lengths import parsed_length as parsed_length
from vantage.dialogue.lifting import LiftedObject as LiftedObject
from vantage.dialogue.lifting import LiftedScene as LiftedScene
from vantage.dialogue.lifting import LiftSettings as LiftSettings
from vantage.dialogue.lifting import lift as lift
from vantage.dialogue.perception import PerceivedView as PerceivedView
from vantage.dialogue.perception import Perception as Perception
from vantage.dialogue.perception import Region as Region
from vantage.dialogue.perception import Sources as Sources
from vantage.dialogue.perception import Vector as Vector
from vantage.dialogue.references import Reference as Reference
from vantage.dialogue.references import references as references
from vantage.dialogue.table import QUESTIONS as QUESTIONS
from vantage.dialogue.truth import perceive_capture as perceive_capture
