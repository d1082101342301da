"""What a run leaves behind: its folder, settings, log and result; its progress; how it stops when interrupted."""

from vantage.runs.bars import Progress as Progress
from vantage.runs.bars import progress as progress
from vantage.runs.environment import command_line as command_line
from vantage.runs.folder import RunFolder as RunFolder
from vantage.runs.folder import exit_code as exit_code
from vantage.runs.interrupts import Interrupts as Interrupts
from vantage.runs.interrupts import graceful_interrupts as graceful_interrupts
from vantage.runs.log import read_log as read_log
from vantage.runs.settings import parse_settings as parse_settings
from vantage.runs.settings import plain_settings as plain_settings
from vantage.runs.settings import read_settings as read_settings
