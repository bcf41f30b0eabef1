# %% [markdown]
# # Lab 0: a line through points
#
# This file is the single source of the lab, in jupytext's percent format:
# text cells like this one, and code cells. `grader release` writes what
# students get: the same file without what is between the two markers. Cells
# tagged `given` stay whole.
#
# The notebook is graded with other numbers in `x` and `y` too, so compute
# everything from them.

# %% tags=["given"]
import matplotlib.pyplot as plt
import numpy as np

x = np.array([0.5, 1.0, 1.5])
y = np.array([1.0, 2.5, 3.0])

# %% [markdown]
# ## 1. Gradient descent
#
# The model is $\hat y = w x$, and the loss is the mean squared error. Start
# with `w = 0`, and take 10 steps with a learning rate of 0.1. Plot the
# losses.
#
# - `losses`: a list of 10 numbers, the loss before each step

# %%
# BEGIN SOLUTION losses
w = 0.0
losses = []
for _ in range(10):
    error = w * x - y
    losses.append(np.mean(error**2))
    w -= 0.1 * 2 * np.mean(error * x)
plt.plot(losses)
# END SOLUTION

# %% [markdown]
# ## 2. The best line
#
# - `slope`: the `w` with the least loss, a number

# %%
# BEGIN SOLUTION slope
slope = np.sum(x * y) / np.sum(x * x)
# END SOLUTION

# %% [markdown]
# ## 3. A prediction
#
# - `prediction`: the height of the best line at 4, a number

# %%
# BEGIN SOLUTION prediction
prediction = slope * 4
# END SOLUTION

# %% [markdown]
# ## 4. A question
#
# What happens with a learning rate of 2, and why?

# %% [markdown]
# BEGIN SOLUTION
# The loss grows: each step goes so far past the minimum that it ends higher
# on the other side.
# END SOLUTION
