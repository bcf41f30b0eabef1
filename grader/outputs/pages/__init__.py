"""A report as a page: one self-contained HTML file without scripts.

`student_page.render_student_page` makes it. `function_card` prepares each function for the
templates, `picture` draws its pictures as SVG, and `environment` loads the templates and the style
sheet. A notebook is read by `notebook_cells`, made into clean HTML by `notebook_export`, and put
on the page by `notebook_page`.

Whatever comes from a student is escaped, or cleaned with an allow-list. The page's content
security policy allows its own style sheet and nothing else.
"""
