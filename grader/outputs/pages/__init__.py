"""A report as a page: one file of HTML that is whole in itself, without scripts.

`grader.outputs.pages.student_page.render_student_page` makes one.
"""
