"""The quiz: a bank of questions in three levels, and a round that adapts to the player."""

from outreach.quiz.bank import Bank, load_bank
from outreach.quiz.model import Kind, Question, Wording
from outreach.quiz.rounds import Marked, Round, next_question, order_of, start_round

__all__ = ["Bank", "Kind", "Marked", "Question", "Round", "Wording", "load_bank", "next_question", "order_of", "start_round"]
