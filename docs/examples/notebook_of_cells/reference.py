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

# %% tags=["given"]
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
# BEGIN SOLUTION x
x = np.loadtxt("rentals.csv", delimiter=",", skiprows=1, usecols=1)
# END SOLUTION
# BEGIN SOLUTION y
y = np.loadtxt("rentals.csv", delimiter=",", skiprows=1, usecols=2)
# END SOLUTION

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
# BEGIN SOLUTION x_standardized
x_standardized = (x - x.mean()) / x.std()
# END SOLUTION

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
# BEGIN SOLUTION loss_history
w = np.zeros(2)
loss_history = []
for step in range(100):
    error = w[0] * x_standardized + w[1] - y
    loss_history.append(np.mean(error**2))
    gradient = 2 * np.array([np.mean(error * x_standardized), np.mean(error)])
    w = w - 0.1 * gradient
plt.plot(loss_history)
plt.xlabel("step")
plt.ylabel("mean squared error")
plt.show()
# END SOLUTION

# %% [markdown]
# ## 4. The best line
#
# After 100 steps, the weights are those of the best line to many digits. If
# you know a formula for them, you may use that instead.
#
# - `w_hat`: the weights $(w_0, w_1)$ with the least mean squared error, (2,)
# - `final_loss`: the mean squared error of `w_hat`, a number

# %%
# BEGIN SOLUTION w_hat
columns = np.column_stack([x_standardized, np.ones_like(x_standardized)])
w_hat = np.linalg.lstsq(columns, y, rcond=None)[0]
# END SOLUTION
# BEGIN SOLUTION final_loss
final_loss = np.mean((w_hat[0] * x_standardized + w_hat[1] - y) ** 2)
# END SOLUTION

# %% [markdown]
# ## 5. A forecast
#
# Tomorrow, the temperature will be 20 °C.
#
# - `prediction`: how many rentals the line predicts for that, a number. It
#   need not be an integer.

# %%
# BEGIN SOLUTION prediction
prediction = w_hat[0] * (20 - x.mean()) / x.std() + w_hat[1]
# END SOLUTION

# %% [markdown]
# ## 6. A question
#
# Try the same steps with `x` itself in place of `x_standardized`, and then
# with a smaller learning rate. What happens, and why? Two or three
# sentences are enough.

# %% [markdown]
# BEGIN SOLUTION
# The loss grows without bound. A temperature of 20 makes the loss about 400
# times as steep in the direction of the slope as in that of the intercept.
# A learning rate that is small enough for the first is far too small for the
# second, so thousands of steps are needed. After standardizing, it is
# equally steep in both directions.
# END SOLUTION
