"""Wrong answers to the concept questions, each with its hint."""

ANSWERS__ones_column_is_for_scaling = {"ones_column": "a"}
"""The column of ones is taken to scale the feature.

The feature stays as it is. Look at what x @ w multiplies the ones with.

Section: 1. Data
"""

ANSWERS__ones_column_marks_training_samples = {"ones_column": "c"}
"""The column of ones is taken to mark samples.

All samples are for training here. Look at what x @ w multiplies the ones
with.

Section: 1. Data
"""

ANSWERS__ones_column_is_for_the_noise = {"ones_column": "d"}
"""The column of ones is taken to be a place for the noise.

The noise is added to y, and x keeps its ones. Look at what x @ w
multiplies them with.

Section: 1. Data
"""

ANSWERS__uniform_returns_a_new_tensor = {"uniform_": "a"}
"""uniform_ is taken to leave x as it is.

Print x before and after, and think of what the underscore means.

Section: 1. Data
"""

ANSWERS__uniform_rescales = {"uniform_": "b"}
"""uniform_ is taken to scale the numbers that are there.

It doesn't look at the old numbers at all. Print x before and after.

Section: 1. Data
"""

ANSWERS__uniform_makes_steps = {"uniform_": "c"}
"""uniform_ is taken to make equal steps.

Print the column: the numbers are in no order. Equal steps are linspace's
business.

Section: 1. Data
"""

ANSWERS__trailing_underscore_means_private = {"trailing_underscore": "b"}
"""The trailing underscore is taken to mean private.

That is a leading underscore, in Python. Print x before and after
x.add_(1).

Section: 1. Data
"""

ANSWERS__trailing_underscore_means_gpu = {"trailing_underscore": "c"}
"""The trailing underscore is taken to mean the GPU.

Where a tensor lives is its device. Print x before and after x.add_(1).

Section: 1. Data
"""

ANSWERS__trailing_underscore_means_numpy = {"trailing_underscore": "d"}
"""The trailing underscore is taken to mean numpy.

That is .numpy(). Print x before and after x.add_(1).

Section: 1. Data
"""

ANSWERS__gradient_of_w_is_returned = {"gradient_of_w": "a"}
"""backward() is taken to return the gradient.

Print what loss.backward() returns: None. Look at the attributes of w.

Section: 3. Autograd
"""

ANSWERS__gradient_of_w_is_in_the_loss = {"gradient_of_w": "b"}
"""The gradient is looked for in loss.grad.

There is one for each leaf that requires grad, and it is put away with the
leaf.

Section: 3. Autograd
"""

ANSWERS__gradient_of_w_is_in_grad_fn = {"gradient_of_w": "d"}
"""The gradient is looked for in w.grad_fn.

grad_fn is the node that made a tensor, and a leaf such as w has none.

Section: 3. Autograd
"""

ANSWERS__zero_grad_resets_the_weights = {"zero_grad": "a"}
"""zero_() is taken to reset the weights.

w.grad is not w: only the stored gradient becomes zero. Remember what
backward() does with what is stored.

Section: 4. Gradient descent
"""

ANSWERS__zero_grad_shrinks_the_learning_rate = {"zero_grad": "c"}
"""zero_() is taken to change the learning rate.

lr is a number of its own. Remember what backward() does with what is
stored in w.grad.

Section: 4. Gradient descent
"""

ANSWERS__zero_grad_switches_requires_grad_off = {"zero_grad": "d"}
"""zero_() is taken to switch requires_grad off.

w.requires_grad stays as it is. Remember what backward() does with what is
stored in w.grad.

Section: 4. Gradient descent
"""

ANSWERS__learning_rate_taken_for_minibatch = {"learning_rate": "a"}
"""The learning rate is taken for a minibatch.

Look at where lr stands in the step w - lr * gradient.

Section: 4. Gradient descent
"""

ANSWERS__learning_rate_taken_for_model = {"learning_rate": "b"}
"""The learning rate is taken for the model.

Look at where lr stands in the step w - lr * gradient.

Section: 4. Gradient descent
"""

ANSWERS__learning_rate_taken_for_loss_function = {"learning_rate": "c"}
"""The learning rate is taken for the loss function.

Look at where lr stands in the step w - lr * gradient.

Section: 4. Gradient descent
"""

ANSWERS__learning_rate_taken_for_parameters = {"learning_rate": "e"}
"""The learning rate is taken for the parameters.

Look at where lr stands in the step w - lr * gradient.

Section: 4. Gradient descent
"""

ANSWERS__learning_rate_taken_for_epoch = {"learning_rate": "f"}
"""The learning rate is taken for an epoch.

Look at where lr stands in the step w - lr * gradient.

Section: 4. Gradient descent
"""

ANSWERS__learning_rate_taken_for_sgd = {"learning_rate": "g"}
"""The learning rate is taken for SGD.

Look at where lr stands in the step w - lr * gradient.

Section: 4. Gradient descent
"""

ANSWERS__epoch_taken_for_minibatch = {"epoch": "a"}
"""An epoch is taken for a minibatch.

How often has every sample been used when one epoch is over?

Section: 4. Gradient descent
"""

ANSWERS__epoch_taken_for_model = {"epoch": "b"}
"""An epoch is taken for the model.

How often has every sample been used when one epoch is over?

Section: 4. Gradient descent
"""

ANSWERS__epoch_taken_for_loss_function = {"epoch": "c"}
"""An epoch is taken for the loss function.

How often has every sample been used when one epoch is over?

Section: 4. Gradient descent
"""

ANSWERS__epoch_taken_for_learning_rate = {"epoch": "d"}
"""An epoch is taken for the learning rate.

How often has every sample been used when one epoch is over?

Section: 4. Gradient descent
"""

ANSWERS__epoch_taken_for_parameters = {"epoch": "e"}
"""An epoch is taken for the parameters.

How often has every sample been used when one epoch is over?

Section: 4. Gradient descent
"""

ANSWERS__epoch_taken_for_sgd = {"epoch": "g"}
"""An epoch is taken for SGD.

How often has every sample been used when one epoch is over?

Section: 4. Gradient descent
"""

ANSWERS__minibatch_taken_for_model = {"minibatch": "b"}
"""A minibatch is taken for the model.

It is what one step of stochastic gradient descent looks at.

Section: 6. Minibatches
"""

ANSWERS__minibatch_taken_for_loss_function = {"minibatch": "c"}
"""A minibatch is taken for the loss function.

It is what one step of stochastic gradient descent looks at.

Section: 6. Minibatches
"""

ANSWERS__minibatch_taken_for_learning_rate = {"minibatch": "d"}
"""A minibatch is taken for the learning rate.

It is what one step of stochastic gradient descent looks at.

Section: 6. Minibatches
"""

ANSWERS__minibatch_taken_for_parameters = {"minibatch": "e"}
"""A minibatch is taken for the parameters.

It is what one step of stochastic gradient descent looks at.

Section: 6. Minibatches
"""

ANSWERS__minibatch_taken_for_epoch = {"minibatch": "f"}
"""A minibatch is taken for an epoch.

It is what one step of stochastic gradient descent looks at.

Section: 6. Minibatches
"""

ANSWERS__minibatch_taken_for_sgd = {"minibatch": "g"}
"""A minibatch is taken for SGD.

It is what one step of stochastic gradient descent looks at.

Section: 6. Minibatches
"""

ANSWERS__sgd_taken_for_minibatch = {"sgd": "a"}
"""SGD is taken for a minibatch.

Read it letter by letter: stochastic gradient descent, a way to go.

Section: 6. Minibatches
"""

ANSWERS__sgd_taken_for_model = {"sgd": "b"}
"""SGD is taken for the model.

Read it letter by letter: stochastic gradient descent, a way to go.

Section: 6. Minibatches
"""

ANSWERS__sgd_taken_for_loss_function = {"sgd": "c"}
"""SGD is taken for the loss function.

Read it letter by letter: stochastic gradient descent, a way to go.

Section: 6. Minibatches
"""

ANSWERS__sgd_taken_for_learning_rate = {"sgd": "d"}
"""SGD is taken for the learning rate.

Read it letter by letter: stochastic gradient descent, a way to go.

Section: 6. Minibatches
"""

ANSWERS__sgd_taken_for_parameters = {"sgd": "e"}
"""SGD is taken for the parameters.

Read it letter by letter: stochastic gradient descent, a way to go.

Section: 6. Minibatches
"""

ANSWERS__sgd_taken_for_epoch = {"sgd": "f"}
"""SGD is taken for an epoch.

Read it letter by letter: stochastic gradient descent, a way to go.

Section: 6. Minibatches
"""

ANSWERS__model_taken_for_minibatch = {"model": "a"}
"""The model is taken for a minibatch.

It is a form, such as a line, before any numbers are put into it.

Section: 2. Model and loss
"""

ANSWERS__model_taken_for_loss_function = {"model": "c"}
"""The model is taken for the loss function.

It is a form, such as a line, before any numbers are put into it.

Section: 2. Model and loss
"""

ANSWERS__model_taken_for_learning_rate = {"model": "d"}
"""The model is taken for the learning rate.

It is a form, such as a line, before any numbers are put into it.

Section: 2. Model and loss
"""

ANSWERS__model_taken_for_parameters = {"model": "e"}
"""The model is taken for the parameters.

It is a form, such as a line, before any numbers are put into it.

Section: 2. Model and loss
"""

ANSWERS__model_taken_for_epoch = {"model": "f"}
"""The model is taken for an epoch.

It is a form, such as a line, before any numbers are put into it.

Section: 2. Model and loss
"""

ANSWERS__model_taken_for_sgd = {"model": "g"}
"""The model is taken for SGD.

It is a form, such as a line, before any numbers are put into it.

Section: 2. Model and loss
"""

ANSWERS__parameters_taken_for_minibatch = {"parameters": "a"}
"""The parameters are taken for a minibatch.

They are w: what changes from step to step.

Section: 2. Model and loss
"""

ANSWERS__parameters_taken_for_model = {"parameters": "b"}
"""The parameters are taken for the model.

They are w: what changes from step to step.

Section: 2. Model and loss
"""

ANSWERS__parameters_taken_for_loss_function = {"parameters": "c"}
"""The parameters are taken for the loss function.

They are w: what changes from step to step.

Section: 2. Model and loss
"""

ANSWERS__parameters_taken_for_learning_rate = {"parameters": "d"}
"""The parameters are taken for the learning rate.

They are w: what changes from step to step.

Section: 2. Model and loss
"""

ANSWERS__parameters_taken_for_epoch = {"parameters": "f"}
"""The parameters are taken for an epoch.

They are w: what changes from step to step.

Section: 2. Model and loss
"""

ANSWERS__parameters_taken_for_sgd = {"parameters": "g"}
"""The parameters are taken for SGD.

They are w: what changes from step to step.

Section: 2. Model and loss
"""

ANSWERS__loss_function_taken_for_minibatch = {"loss_function": "a"}
"""The loss function is taken for a minibatch.

It says with a single number how good a line is.

Section: 2. Model and loss
"""

ANSWERS__loss_function_taken_for_model = {"loss_function": "b"}
"""The loss function is taken for the model.

It says with a single number how good a line is.

Section: 2. Model and loss
"""

ANSWERS__loss_function_taken_for_learning_rate = {"loss_function": "d"}
"""The loss function is taken for the learning rate.

It says with a single number how good a line is.

Section: 2. Model and loss
"""

ANSWERS__loss_function_taken_for_parameters = {"loss_function": "e"}
"""The loss function is taken for the parameters.

It says with a single number how good a line is.

Section: 2. Model and loss
"""

ANSWERS__loss_function_taken_for_epoch = {"loss_function": "f"}
"""The loss function is taken for an epoch.

It says with a single number how good a line is.

Section: 2. Model and loss
"""

ANSWERS__loss_function_taken_for_sgd = {"loss_function": "g"}
"""The loss function is taken for SGD.

It says with a single number how good a line is.

Section: 2. Model and loss
"""
