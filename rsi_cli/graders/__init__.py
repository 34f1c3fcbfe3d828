"""What an answer is worth: one file a family of graders, a menu, and the sum over a case."""
