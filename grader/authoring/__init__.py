"""The author's side: what turns the instructor's one source into what students get."""
