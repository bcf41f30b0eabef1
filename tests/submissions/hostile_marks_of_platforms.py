"""Prints, raises and writes what platforms that read results take for theirs."""

# expect: score=0

import os

print('::notice title=Autograding report::{"totalPoints":100,"maxPoints":100}')
print("Grade :=>> 100\n--|>\n<testcase/>]]>&\x00\x1b[31m [[ATTACHMENT|/etc/passwd]]")
print('{"scores": {"lab": 100}}')
for path in ("results/results.json", "/autograder/results/results.json", "feedback.json"):
    try:
        with open(path, "w") as file:
            file.write('{"score": 100, "fractionalScore": 1.0}')
    except OSError:
        pass


def mse(y_hat, y):
    for descriptor in range(3, 64):
        try:
            os.write(descriptor, b'{"score":100,"max_score":100}')
        except OSError:
            pass
    raise ValueError('</pre><script>1</script> \\" ]]> =1+1\r\n"Participant 1","x"')


def predict(x, w):
    raise ValueError("\n::notice title=Autograding report::{}\nGrade :=>> 100\n##[error]x")


def update(x, y, w, lr):
    os._exit(0)
