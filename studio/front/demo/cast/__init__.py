"""The people of the demo studio, as data: who they are, what they said, and how their weeks went; a module each.

Nobody here exists. `parts` says what a person is made of.
"""

from studio.front.demo.cast.aiko import AIKO
from studio.front.demo.cast.ben import BEN
from studio.front.demo.cast.daniel import DANIEL
from studio.front.demo.cast.gwen import GWEN
from studio.front.demo.cast.hannah import HANNAH
from studio.front.demo.cast.lena import LENA
from studio.front.demo.cast.luke import LUKE
from studio.front.demo.cast.marcus import MARCUS
from studio.front.demo.cast.maya import MAYA
from studio.front.demo.cast.parts import CoachPart
from studio.front.demo.cast.priya import PRIYA
from studio.front.demo.cast.raj import RAJ
from studio.front.demo.cast.sophie import SOPHIE
from studio.front.demo.cast.tom import TOM

PASSWORD = "demo-studio"  # public, so these people sign in from this machine only

COACHES = (
    CoachPart("bethany", "Bethany Cole", "Running coach. Eleven years of knees that came back.", is_owner=True),
    CoachPart("omar", "Omar Haddad", "Running coach. Strength for people who would rather run."),
)

RUNNERS = (MAYA, TOM, LENA, RAJ, SOPHIE, GWEN, AIKO, PRIYA, DANIEL, MARCUS, LUKE, HANNAH, BEN)
