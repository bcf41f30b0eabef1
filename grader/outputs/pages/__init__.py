"""A report as a page: one self-contained HTML file without scripts.

`student_page.render_student_page` makes it. `function_card` prepares each function for the
templates, `picture` draws its pictures as SVG, and `environment` loads the templates and the style
sheet. A notebook is read by `notebook_cells` and put on the page by `notebook_page`, with its code
coloured by `highlight` and its text cells made into clean HTML by `notebook_text`.

A page has a limit, and each part of it has a share. All work on a part is bounded: by the length of
what is read, and because nothing that a student wrote meets an expression that could go back. If a
page can't be made nevertheless, `brief_page` makes one with the points only.

Whatever comes from a student is escaped, or cleaned with an allow-list. The page's content
security policy allows its own style sheet and nothing else.
"""
