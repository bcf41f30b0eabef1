"""Send the scores of a class to an LTI 1.3 platform (Assignment and Grade Services).

Theory of operation
===================

``grader post`` takes a folder that ``grader batch`` wrote and sends one score for each student.

1. `platform` reads the settings of the platform from a TOML file, `key` reads the tool's private
   key, and `users` maps each student to the id by which the platform knows them.
2. `plan.plan_scores` works out all scores before the first one is sent, so that a missing report
   or an unknown student shows up first. A student with several submissions is left out, because we
   can't choose which of them counts.
3. `post.post_scores` goes through the plan. For each score that the platform doesn't have yet, it
   writes a line to the log, sends the score, and writes another line with the outcome.
4. `client.PlatformClient` sends one score: it keeps an access token, retries while the failure is
   temporary (`retry`), and decides what a response means (`responses`). `connector` adapts
   pylti1p3, which signs and formats the requests.
5. `terminal` shows the preview of ``--dry-run``, the progress and the totals.

What must hold:

- Posting can be interrupted, even killed; the same command resumes it. Each line of the log is on
  the disk before the next step, and every timestamp is later than all earlier ones for the same
  student.
- No score is sent twice without need. A score that is sent again, because nobody knows whether it
  arrived, changes nothing on the platform.
- A fault of the grader is never sent as a zero (see `grader.exports.lti_score`).
- No message quotes the private key or the token, and no text from the platform can steer the
  terminal.

Only `client`, `connector`, `key` and `responses` import the libraries of the extra ``lti``. Nothing
else here imports those modules, so that ``--dry-run`` works without the extra.

Start reading at `post.post_scores`, then `client.PlatformClient.send`.
"""
