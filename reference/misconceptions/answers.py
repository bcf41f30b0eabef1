"""Misconceptions about the concept questions: wrong answers with their hints."""

ANSWERS__ones_column_is_for_scaling = {"ones_column": "a"}
"""The column of ones does not scale the feature.

The feature stays as it is. What does x @ w multiply the ones by?

Section: 1. Data
"""

ANSWERS__ones_column_marks_training_samples = {"ones_column": "c"}
"""The column of ones does not mark samples.

All samples here are for training. What does x @ w multiply the ones by?

Section: 1. Data
"""

ANSWERS__ones_column_is_for_the_noise = {"ones_column": "d"}
"""The column of ones is not a place for the noise.

The noise is added to y, and x keeps its ones. What does x @ w multiply them
by?

Section: 1. Data
"""

ANSWERS__uniform_returns_a_new_tensor = {"uniform_": "a"}
"""uniform_ does not leave x as it was.

Print x before and after, and think about what the underscore means.

Section: 1. Data
"""

ANSWERS__uniform_rescales = {"uniform_": "b"}
"""uniform_ does not rescale the numbers that are there.

It doesn't look at the old numbers at all. Print x before and after.

Section: 1. Data
"""

ANSWERS__uniform_makes_steps = {"uniform_": "c"}
"""uniform_ does not make equal steps.

Print the column: the numbers are in no order. It is linspace that makes equal
steps.

Section: 1. Data
"""

ANSWERS__trailing_underscore_means_private = {"trailing_underscore": "b"}
"""A trailing underscore does not mean private.

In Python, a leading underscore does. Print x before and after x.add_(1).

Section: 1. Data
"""

ANSWERS__trailing_underscore_means_gpu = {"trailing_underscore": "c"}
"""A trailing underscore does not mean the GPU.

A tensor's device says where it lives. Print x before and after x.add_(1).

Section: 1. Data
"""

ANSWERS__trailing_underscore_means_numpy = {"trailing_underscore": "d"}
"""A trailing underscore does not mean numpy.

The method that returns a numpy array is .numpy(). Print x before and after
x.add_(1).

Section: 1. Data
"""

ANSWERS__gradient_of_w_is_returned = {"gradient_of_w": "a"}
"""backward() does not return the gradient.

Print what loss.backward() returns: it is None. Then look at the attributes of
w.

Section: 3. Autograd
"""

ANSWERS__gradient_of_w_is_in_the_loss = {"gradient_of_w": "b"}
"""The gradient is not in loss.grad.

There is a gradient for each leaf that requires grad, and it is stored with
that leaf.

Section: 3. Autograd
"""

ANSWERS__gradient_of_w_is_in_grad_fn = {"gradient_of_w": "d"}
"""The gradient is not in w.grad_fn.

grad_fn is the node that made a tensor, and a leaf such as w has none.

Section: 3. Autograd
"""

ANSWERS__zero_grad_resets_the_weights = {"zero_grad": "a"}
"""w.grad.zero_() does not reset the weights.

w.grad is not w: only the stored gradient becomes zero. What does backward() do
with a gradient that is already stored?

Section: 4. Gradient descent
"""

ANSWERS__zero_grad_shrinks_the_learning_rate = {"zero_grad": "c"}
"""w.grad.zero_() does not change the learning rate.

lr is a separate number. What does backward() do with a gradient that is
already stored in w.grad?

Section: 4. Gradient descent
"""

ANSWERS__zero_grad_switches_requires_grad_off = {"zero_grad": "d"}
"""w.grad.zero_() does not switch requires_grad off.

w.requires_grad stays as it is. What does backward() do with a gradient that is
already stored in w.grad?

Section: 4. Gradient descent
"""

ANSWERS__learning_rate_taken_for_minibatch = {"learning_rate": "a"}
"""The learning rate is mistaken for a minibatch.

Look at where lr appears in the step w - lr * gradient.

Section: 4. Gradient descent
"""

ANSWERS__learning_rate_taken_for_model = {"learning_rate": "b"}
"""The learning rate is mistaken for the model.

Look at where lr appears in the step w - lr * gradient.

Section: 4. Gradient descent
"""

ANSWERS__learning_rate_taken_for_loss_function = {"learning_rate": "c"}
"""The learning rate is mistaken for the loss function.

Look at where lr appears in the step w - lr * gradient.

Section: 4. Gradient descent
"""

ANSWERS__learning_rate_taken_for_parameters = {"learning_rate": "e"}
"""The learning rate is mistaken for the parameters.

Look at where lr appears in the step w - lr * gradient.

Section: 4. Gradient descent
"""

ANSWERS__learning_rate_taken_for_epoch = {"learning_rate": "f"}
"""The learning rate is mistaken for an epoch.

Look at where lr appears in the step w - lr * gradient.

Section: 4. Gradient descent
"""

ANSWERS__learning_rate_taken_for_sgd = {"learning_rate": "g"}
"""The learning rate is mistaken for SGD.

Look at where lr appears in the step w - lr * gradient.

Section: 4. Gradient descent
"""

ANSWERS__epoch_taken_for_minibatch = {"epoch": "a"}
"""An epoch is mistaken for a minibatch.

How many times has each sample been used when an epoch is over?

Section: 4. Gradient descent
"""

ANSWERS__epoch_taken_for_model = {"epoch": "b"}
"""An epoch is mistaken for the model.

How many times has each sample been used when an epoch is over?

Section: 4. Gradient descent
"""

ANSWERS__epoch_taken_for_loss_function = {"epoch": "c"}
"""An epoch is mistaken for the loss function.

How many times has each sample been used when an epoch is over?

Section: 4. Gradient descent
"""

ANSWERS__epoch_taken_for_learning_rate = {"epoch": "d"}
"""An epoch is mistaken for the learning rate.

How many times has each sample been used when an epoch is over?

Section: 4. Gradient descent
"""

ANSWERS__epoch_taken_for_parameters = {"epoch": "e"}
"""An epoch is mistaken for the parameters.

How many times has each sample been used when an epoch is over?

Section: 4. Gradient descent
"""

ANSWERS__epoch_taken_for_sgd = {"epoch": "g"}
"""An epoch is mistaken for SGD.

How many times has each sample been used when an epoch is over?

Section: 4. Gradient descent
"""

ANSWERS__minibatch_taken_for_model = {"minibatch": "b"}
"""A minibatch is mistaken for the model.

It is what a single step of stochastic gradient descent looks at.

Section: 6. Minibatches
"""

ANSWERS__minibatch_taken_for_loss_function = {"minibatch": "c"}
"""A minibatch is mistaken for the loss function.

It is what a single step of stochastic gradient descent looks at.

Section: 6. Minibatches
"""

ANSWERS__minibatch_taken_for_learning_rate = {"minibatch": "d"}
"""A minibatch is mistaken for the learning rate.

It is what a single step of stochastic gradient descent looks at.

Section: 6. Minibatches
"""

ANSWERS__minibatch_taken_for_parameters = {"minibatch": "e"}
"""A minibatch is mistaken for the parameters.

It is what a single step of stochastic gradient descent looks at.

Section: 6. Minibatches
"""

ANSWERS__minibatch_taken_for_epoch = {"minibatch": "f"}
"""A minibatch is mistaken for an epoch.

It is what a single step of stochastic gradient descent looks at.

Section: 6. Minibatches
"""

ANSWERS__minibatch_taken_for_sgd = {"minibatch": "g"}
"""A minibatch is mistaken for SGD.

It is what a single step of stochastic gradient descent looks at.

Section: 6. Minibatches
"""

ANSWERS__sgd_taken_for_minibatch = {"sgd": "a"}
"""SGD is mistaken for a minibatch.

Spell it out: stochastic gradient descent is a way of descending.

Section: 6. Minibatches
"""

ANSWERS__sgd_taken_for_model = {"sgd": "b"}
"""SGD is mistaken for the model.

Spell it out: stochastic gradient descent is a way of descending.

Section: 6. Minibatches
"""

ANSWERS__sgd_taken_for_loss_function = {"sgd": "c"}
"""SGD is mistaken for the loss function.

Spell it out: stochastic gradient descent is a way of descending.

Section: 6. Minibatches
"""

ANSWERS__sgd_taken_for_learning_rate = {"sgd": "d"}
"""SGD is mistaken for the learning rate.

Spell it out: stochastic gradient descent is a way of descending.

Section: 6. Minibatches
"""

ANSWERS__sgd_taken_for_parameters = {"sgd": "e"}
"""SGD is mistaken for the parameters.

Spell it out: stochastic gradient descent is a way of descending.

Section: 6. Minibatches
"""

ANSWERS__sgd_taken_for_epoch = {"sgd": "f"}
"""SGD is mistaken for an epoch.

Spell it out: stochastic gradient descent is a way of descending.

Section: 6. Minibatches
"""

ANSWERS__model_taken_for_minibatch = {"model": "a"}
"""The model is mistaken for a minibatch.

It is a form, such as a line, before any numbers are put into it.

Section: 2. Model and loss
"""

ANSWERS__model_taken_for_loss_function = {"model": "c"}
"""The model is mistaken for the loss function.

It is a form, such as a line, before any numbers are put into it.

Section: 2. Model and loss
"""

ANSWERS__model_taken_for_learning_rate = {"model": "d"}
"""The model is mistaken for the learning rate.

It is a form, such as a line, before any numbers are put into it.

Section: 2. Model and loss
"""

ANSWERS__model_taken_for_parameters = {"model": "e"}
"""The model is mistaken for the parameters.

It is a form, such as a line, before any numbers are put into it.

Section: 2. Model and loss
"""

ANSWERS__model_taken_for_epoch = {"model": "f"}
"""The model is mistaken for an epoch.

It is a form, such as a line, before any numbers are put into it.

Section: 2. Model and loss
"""

ANSWERS__model_taken_for_sgd = {"model": "g"}
"""The model is mistaken for SGD.

It is a form, such as a line, before any numbers are put into it.

Section: 2. Model and loss
"""

ANSWERS__parameters_taken_for_minibatch = {"parameters": "a"}
"""The parameters are mistaken for a minibatch.

They are the entries of w, which change from step to step.

Section: 2. Model and loss
"""

ANSWERS__parameters_taken_for_model = {"parameters": "b"}
"""The parameters are mistaken for the model.

They are the entries of w, which change from step to step.

Section: 2. Model and loss
"""

ANSWERS__parameters_taken_for_loss_function = {"parameters": "c"}
"""The parameters are mistaken for the loss function.

They are the entries of w, which change from step to step.

Section: 2. Model and loss
"""

ANSWERS__parameters_taken_for_learning_rate = {"parameters": "d"}
"""The parameters are mistaken for the learning rate.

They are the entries of w, which change from step to step.

Section: 2. Model and loss
"""

ANSWERS__parameters_taken_for_epoch = {"parameters": "f"}
"""The parameters are mistaken for an epoch.

They are the entries of w, which change from step to step.

Section: 2. Model and loss
"""

ANSWERS__parameters_taken_for_sgd = {"parameters": "g"}
"""The parameters are mistaken for SGD.

They are the entries of w, which change from step to step.

Section: 2. Model and loss
"""

ANSWERS__loss_function_taken_for_minibatch = {"loss_function": "a"}
"""The loss function is mistaken for a minibatch.

It says with a single number how good a line is.

Section: 2. Model and loss
"""

ANSWERS__loss_function_taken_for_model = {"loss_function": "b"}
"""The loss function is mistaken for the model.

It says with a single number how good a line is.

Section: 2. Model and loss
"""

ANSWERS__loss_function_taken_for_learning_rate = {"loss_function": "d"}
"""The loss function is mistaken for the learning rate.

It says with a single number how good a line is.

Section: 2. Model and loss
"""

ANSWERS__loss_function_taken_for_parameters = {"loss_function": "e"}
"""The loss function is mistaken for the parameters.

It says with a single number how good a line is.

Section: 2. Model and loss
"""

ANSWERS__loss_function_taken_for_epoch = {"loss_function": "f"}
"""The loss function is mistaken for an epoch.

It says with a single number how good a line is.

Section: 2. Model and loss
"""

ANSWERS__loss_function_taken_for_sgd = {"loss_function": "g"}
"""The loss function is mistaken for SGD.

It says with a single number how good a line is.

Section: 2. Model and loss
"""
