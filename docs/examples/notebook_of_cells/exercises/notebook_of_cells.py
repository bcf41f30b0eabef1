# %% [markdown]
# # Lab 7: bicycles on warm days
#
# A shop rents out bicycles. In `rentals.csv` there is a line for each day:
# the temperature at noon, in °C, and how many bicycles were rented. You
# fit a line to that, with gradient descent, in a notebook without a single
# function.
#
# Each cell leaves variables behind, and their names are given: they are
# what is graded. Any other variables are up to you. **The notebook is
# graded with the data of another year too**, so compute everything from
# what is in the file.

# %%
import matplotlib.pyplot as plt
import numpy as np

# %% [markdown]
# ## 1. Data
#
# Read the file `rentals.csv`, which lies beside the notebook. Its first
# line has the names of the columns: `day,temperature,rentals`.
#
# - `x`: the temperatures, a numpy array of shape (n,)
# - `y`: the rentals, a numpy array of shape (n,)
#
# From here on, compute everything from `x` and `y`.

# %%
# your code here: x
# your code here: y

# %% [markdown]
# ## 2. Standardize
#
# Gradient descent works best with numbers around 0, of about size 1. So
# shift and scale the temperatures.
#
# - `x_standardized`: the temperatures minus their mean, divided by their
#   standard deviation, (n,). Its mean is 0, and the mean of its squares
#   is 1.

# %%
# your code here: x_standardized

# %% [markdown]
# ## 3. Gradient descent
#
# The model is $\hat y = w_0 \cdot x_{\text{standardized}} + w_1$, and the
# loss is the mean squared error $\frac{1}{n} \sum_i (\hat y_i - y_i)^2$.
# Start with $w_0 = w_1 = 0$, and take 100 steps with a learning rate of 0.1.
# Both weights move at once.
#
# - `loss_history`: a list of 100 numbers, the loss before each step
#
# Then plot `loss_history` against the number of the step, from 0 to 99.

# %%
# your code here: loss_history

# %% [markdown]
# ## 4. The best line
#
# After 100 steps, the weights are those of the best line to many digits. If
# you know a formula for them, you may use that instead.
#
# - `w_hat`: the weights $(w_0, w_1)$ with the least mean squared error, (2,)
# - `final_loss`: the mean squared error of `w_hat`, a number

# %%
# your code here: w_hat
# your code here: final_loss

# %% [markdown]
# ## 5. A forecast
#
# Tomorrow, the temperature will be 20 °C.
#
# - `prediction`: how many rentals the line predicts for that, a number. It
#   need not be an integer.

# %%
# your code here: prediction

# %% [markdown]
# ## 6. A question
#
# Try the same steps with `x` itself in place of `x_standardized`, and then
# with a smaller learning rate. What happens, and why? Two or three
# sentences are enough.

# %% [markdown]
# *Your answer here.*
