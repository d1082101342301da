"""One file per experiment: what to run, which tables and figures come out."""

from vantage.studies.asking import Answer as Answer
from vantage.studies.asking import ask as ask
from vantage.studies.asking import load_run_scene as load_run_scene
from vantage.studies.asking import write_answers as write_answers
from vantage.studies.demo import DemoSettings as DemoSettings
from vantage.studies.demo import run_demo as run_demo
from vantage.studies.distillation_run import DistillRunSettings as DistillRunSettings
from vantage.studies.distillation_run import run_distillation as run_distillation
