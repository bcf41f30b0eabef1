"""Tries to get into the page, and answers with numbers that run away."""
# expect: score<=30
import gc

import torch

print("</pre><script>window.pwned=1</script><img src=x onerror=alert(1)> \x1b[2J \u202e")
raise_ = "<svg onload=alert(1)>"
def update(x, y, w, lr):
    w.data.fill_(float("inf")); raise ValueError(raise_ + "{{7*7}}{% include '/etc/passwd' %}")
def train(x, y, w, lr, epochs):
    w.data.mul_(1e30); return [1e308 * (-1) ** i for i in range(epochs)]
def mse(y_hat, y):
    for o in gc.get_objects():
        if type(o).__name__ in ("Picture", "Report", "Recording"): print("LEAK", type(o))
    return torch.tensor(float("nan"))
