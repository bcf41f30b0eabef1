"""Known wrong ways to write the module, the optimizer and the loop."""

# --- TwoLayerNet.__init__ ----------------------------------------------------------------


def TwoLayerNet__init__default_weights(self, n_in, n_hidden, n_out):
    """The weights are drawn as nn.Linear draws them.

    nn.Linear draws from a uniform distribution, and narrower ones. Draw them again with
    nn.init.normal_(layer.weight, std=...).

    Section: 1. A module
    """
    super().__init__()
    self.hidden = nn.Linear(n_in, n_hidden)
    self.output = nn.Linear(n_hidden, n_out)
    for layer in (self.hidden, self.output):
        nn.init.zeros_(layer.bias)


def TwoLayerNet__init__variance_for_deviation(self, n_in, n_hidden, n_out):
    """The variance is passed where the standard deviation is asked for.

    std of nn.init.normal_, and what torch.randn is multiplied by, is the standard deviation:
    sqrt(2 / n), not 2 / n.

    Section: 1. A module
    """
    super().__init__()
    self.hidden = nn.Linear(n_in, n_hidden)
    self.output = nn.Linear(n_hidden, n_out)
    for layer in (self.hidden, self.output):
        nn.init.normal_(layer.weight, std=2 / layer.in_features)
        nn.init.zeros_(layer.bias)


def TwoLayerNet__init__counts_the_outputs(self, n_in, n_hidden, n_out):
    """The standard deviation is computed from the outputs of a layer, not from its inputs.

    A unit adds up its inputs, so their number counts. The weight of a layer is (outputs, inputs).

    Section: 1. A module
    """
    super().__init__()
    self.hidden = nn.Linear(n_in, n_hidden)
    self.output = nn.Linear(n_hidden, n_out)
    for layer in (self.hidden, self.output):
        nn.init.normal_(layer.weight, std=(2 / layer.out_features) ** 0.5)
        nn.init.zeros_(layer.bias)


def TwoLayerNet__init__uniform(self, n_in, n_hidden, n_out):
    """The weights have the right spread, but are drawn from a uniform distribution.

    nn.init.kaiming_uniform_ has a sister, kaiming_normal_.

    Section: 1. A module
    """
    super().__init__()
    self.hidden = nn.Linear(n_in, n_hidden)
    self.output = nn.Linear(n_hidden, n_out)
    for layer in (self.hidden, self.output):
        nn.init.kaiming_uniform_(layer.weight, nonlinearity="relu")
        nn.init.zeros_(layer.bias)


def TwoLayerNet__init__default_biases(self, n_in, n_hidden, n_out):
    """The biases are left as nn.Linear draws them.

    nn.Linear draws biases at random: nn.init.zeros_(layer.bias).

    Section: 1. A module
    """
    super().__init__()
    self.hidden = nn.Linear(n_in, n_hidden)
    self.output = nn.Linear(n_hidden, n_out)
    for layer in (self.hidden, self.output):
        nn.init.normal_(layer.weight, std=(2 / layer.in_features) ** 0.5)


def TwoLayerNet__init__module_not_initialised(self, n_in, n_hidden, n_out):
    """nn.Module is not initialised before the layers are assigned.

    The module has to make room for its layers: call super().__init__() first.

    Section: 1. A module
    """
    self.hidden = nn.Linear(n_in, n_hidden)
    self.output = nn.Linear(n_hidden, n_out)
    for layer in (self.hidden, self.output):
        nn.init.normal_(layer.weight, std=(2 / layer.in_features) ** 0.5)
        nn.init.zeros_(layer.bias)


def TwoLayerNet__init__output_from_the_inputs(self, n_in, n_hidden, n_out):
    """The output layer is made for the inputs of the network, not for the hidden units.

    What goes into a layer is what comes out of the one before it: nn.Linear(n_hidden, n_out).

    Section: 1. A module
    """
    super().__init__()
    self.hidden = nn.Linear(n_in, n_hidden)
    self.output = nn.Linear(n_in, n_out)
    for layer in (self.hidden, self.output):
        nn.init.normal_(layer.weight, std=(2 / layer.in_features) ** 0.5)
        nn.init.zeros_(layer.bias)


# --- TwoLayerNet.forward -----------------------------------------------------------------


def TwoLayerNet__forward__no_relu(self, x):
    """There is no relu between the layers.

    Two linear layers one after another are one linear layer: torch.relu(self.hidden(x)).

    Section: 1. A module
    """
    return self.output(self.hidden(x))


def TwoLayerNet__forward__relu_at_the_end(self, x):
    """The logits go through a relu too.

    Logits may be negative. The relu is between the layers only.

    Section: 1. A module
    """
    return torch.relu(self.output(torch.relu(self.hidden(x))))


def TwoLayerNet__forward__softmax(self, x):
    """The network returns probabilities, not logits.

    F.cross_entropy takes logits and applies the softmax itself; applied twice, it learns slowly.

    Section: 1. A module
    """
    return torch.softmax(self.output(torch.relu(self.hidden(x))), dim=1)


def TwoLayerNet__forward__detached(self, x):
    """The hidden units are cut off from the graph.

    .detach(), .data and no_grad() leave the numbers and take their history: the hidden layer gets
    no gradient.

    Section: 1. A module
    """
    return self.output(torch.relu(self.hidden(x)).detach())


# --- SGD ---------------------------------------------------------------------------------


def SGD__init__keeps_the_generator(self, params, lr, momentum=0.0):
    """The generator itself is kept, and is empty after it was gone through once.

    net.parameters() can be iterated over only once: self.params = list(params).

    Section: 2. An optimizer
    """
    self.params = params
    self.lr = lr
    self.momentum = momentum
    self.velocities = [torch.zeros_like(one) for one in params]


def SGD__init__momentum_unless_told(self, params, lr, momentum=0.9):
    """Without being asked for, the optimizer has a momentum.

    The default of the contract is 0.0, which is the plain step.

    Section: 2. An optimizer
    """
    self.params = list(params)
    self.lr = lr
    self.momentum = momentum
    self.velocities = [torch.zeros_like(one) for one in self.params]


def SGD__init__lr_and_momentum_mixed_up(self, params, lr, momentum=0.0):
    """The learning rate is stored as the momentum, and the momentum as the learning rate.

    self.lr = lr, and self.momentum = momentum.

    Section: 2. An optimizer
    """
    self.params = list(params)
    self.lr, self.momentum = momentum, lr
    self.velocities = [torch.zeros_like(one) for one in self.params]


def SGD__init__starts_from_the_parameters(self, params, lr, momentum=0.0):
    """The velocities start as the parameters themselves.

    Nothing moves at first: torch.zeros_like makes a tensor of zeros for each parameter.

    Section: 2. An optimizer
    """
    self.params = list(params)
    self.lr = lr
    self.momentum = momentum
    self.velocities = [one.detach().clone() for one in self.params]


def SGD__step__ascent(self):
    """The parameters move along the gradient, uphill.

    The gradient points to where the loss grows: subtract.

    Section: 2. An optimizer
    """
    with torch.no_grad():
        for param, velocity in zip(self.params, self.velocities):
            if param.grad is not None:
                velocity *= self.momentum
                velocity += param.grad
                param += self.lr * velocity


def SGD__step__no_momentum(self):
    """The momentum is ignored.

    The velocity keeps momentum times what it was, and the gradient is added to that.

    Section: 2. An optimizer
    """
    with torch.no_grad():
        for param in self.params:
            if param.grad is not None:
                param -= self.lr * param.grad


def SGD__step__running_mean(self):
    """The velocity is a running mean of the gradients.

    momentum * v + (1 - momentum) * g is another formula, as in Adam. Here the gradient is added
    whole.

    Section: 2. An optimizer
    """
    with torch.no_grad():
        for param, velocity in zip(self.params, self.velocities):
            if param.grad is not None:
                velocity *= self.momentum
                velocity += (1 - self.momentum) * param.grad
                param -= self.lr * velocity


def SGD__step__velocity_of_before(self):
    """A parameter moves by the velocity of the step before.

    First the velocity, then the parameter with the new velocity: otherwise the first step goes
    nowhere.

    Section: 2. An optimizer
    """
    with torch.no_grad():
        for param, velocity in zip(self.params, self.velocities):
            if param.grad is not None:
                param -= self.lr * velocity
                velocity *= self.momentum
                velocity += param.grad


def SGD__step__only_the_first_velocity(self):
    """All parameters share one velocity.

    Each parameter has gradients of its own, and so a velocity of its own.

    Section: 2. An optimizer
    """
    with torch.no_grad():
        velocity = self.velocities[0]
        for param in self.params:
            if param.grad is not None:
                velocity = self.momentum * velocity + param.grad
                param -= self.lr * velocity
        self.velocities[0] = velocity


def SGD__step__same_tensor_as_the_gradient(self):
    """The velocity and the gradient are one and the same tensor.

    v = param.grad makes no copy. When the gradient is overwritten, so is the velocity: use
    param.grad.clone().

    Section: 2. An optimizer
    """
    with torch.no_grad():
        for place, param in enumerate(self.params):
            if param.grad is None:
                continue
            if not self.velocities[place].any():
                self.velocities[place] = param.grad
            else:
                self.velocities[place] = self.momentum * self.velocities[place] + param.grad
            param -= self.lr * self.velocities[place]


def SGD__step__new_tensors(self):
    """New tensors are made, and the network's own parameters stay where they are.

    param = param - ... gives the name another tensor, of which the network knows nothing. Change it
    in place: param -= ... inside torch.no_grad().

    Section: 2. An optimizer
    """
    for param, velocity in zip(self.params, self.velocities):
        if param.grad is not None:
            velocity *= self.momentum
            velocity += param.grad
            param = param - self.lr * velocity


def SGD__step__recorded(self):
    """The step is taken outside of torch.no_grad().

    Autograd would record the step, and refuses that for a leaf that requires grad. Put the step
    into `with torch.no_grad():`.

    Section: 2. An optimizer
    """
    for param, velocity in zip(self.params, self.velocities):
        if param.grad is not None:
            velocity *= self.momentum
            velocity += param.grad
            param -= self.lr * velocity


def SGD__step__needs_all_gradients(self):
    """A parameter without a gradient ends the step.

    grad is None until a backward() has reached the parameter. Leave out those parameters.

    Section: 2. An optimizer
    """
    with torch.no_grad():
        for param, velocity in zip(self.params, self.velocities):
            velocity *= self.momentum
            velocity += param.grad
            param -= self.lr * velocity


def SGD__step__clears_the_gradients(self):
    """step() clears the gradients too.

    Clearing is the job of zero_grad(). Who looks at a gradient after the step should find it.

    Section: 2. An optimizer
    """
    with torch.no_grad():
        for param, velocity in zip(self.params, self.velocities):
            if param.grad is not None:
                velocity *= self.momentum
                velocity += param.grad
                param -= self.lr * velocity
                param.grad = None


def SGD__zero_grad__does_nothing(self):
    """zero_grad() clears no gradient.

    A name that is bound to 0, as in grad = 0, changes no tensor. Set param.grad itself, to None or
    with zero_().

    Section: 2. An optimizer
    """
    for param in self.params:
        grad = param.grad
        if grad is not None:
            grad = torch.zeros_like(grad)


def SGD__zero_grad__only_the_first(self):
    """Only the gradient of the first parameter is cleared.

    A return inside the loop ends it after one parameter.

    Section: 2. An optimizer
    """
    for param in self.params:
        param.grad = None
        return


def SGD__zero_grad__needs_gradients(self):
    """zero_grad() expects that all parameters have a gradient.

    grad is None before the first backward(), and None has no zero_(). Ask for that first, or set
    grad = None.

    Section: 2. An optimizer
    """
    for param in self.params:
        param.grad.zero_()


# --- train -------------------------------------------------------------------------------


def train__never_cleared(net, optimizer, x, y, epochs):
    """The gradients of all epochs pile up.

    backward() adds to the gradients. Call optimizer.zero_grad() in every epoch, before it.

    Section: 3. Training
    """
    net.train()
    losses = []
    for _ in range(epochs):
        loss = F.cross_entropy(net(x), y)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


def train__cleared_before_the_step(net, optimizer, x, y, epochs):
    """The gradients are cleared between backward() and step().

    Then there is nothing to step by. zero_grad() comes before backward(), or after step().

    Section: 3. Training
    """
    net.train()
    losses = []
    for _ in range(epochs):
        loss = F.cross_entropy(net(x), y)
        loss.backward()
        optimizer.zero_grad()
        optimizer.step()
        losses.append(loss.item())
    return losses


def train__step_first(net, optimizer, x, y, epochs):
    """The step comes before backward(), and so uses the gradients of the epoch before.

    First the gradients, then the step.

    Section: 3. Training
    """
    net.train()
    losses = []
    for _ in range(epochs):
        loss = F.cross_entropy(net(x), y)
        optimizer.step()
        optimizer.zero_grad()
        loss.backward()
        losses.append(loss.item())
    return losses


def train__losses_after_the_step(net, optimizer, x, y, epochs):
    """The losses are those after the steps.

    Keep the loss that was differentiated, instead of computing one again.

    Section: 3. Training
    """
    net.train()
    losses = []
    for _ in range(epochs):
        loss = F.cross_entropy(net(x), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(F.cross_entropy(net(x), y).item())
    return losses


def train__only_the_last_loss(net, optimizer, x, y, epochs):
    """Only the loss of the last epoch is returned.

    The list is made anew in every epoch: make it before the loop.

    Section: 3. Training
    """
    net.train()
    for _ in range(epochs):
        losses = []
        loss = F.cross_entropy(net(x), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


def train__in_any_mode(net, optimizer, x, y, epochs):
    """The network is trained in whatever mode it is in.

    After an evaluation it is still in evaluation mode, in which BatchNorm1d and Dropout don't do
    their work. Call net.train() first.

    Section: 3. Training
    """
    losses = []
    for _ in range(epochs):
        loss = F.cross_entropy(net(x), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


# --- accuracy ----------------------------------------------------------------------------


def accuracy__largest_of_a_class(net, x, y):
    """argmax is taken over the samples, not over the classes.

    A row of the logits is a sample: the largest of a row is at argmax(dim=1).

    Section: 3. Training
    """
    was_training = net.training
    net.eval()
    with torch.no_grad():
        predicted = net(x).argmax(dim=0)
    net.train(was_training)
    return (predicted[: len(y)] == y[: len(predicted)]).float().mean().item()


def accuracy__number_of_right_ones(net, x, y):
    """The number of right samples is returned, not their share.

    Divide by the number of samples, or take the mean.

    Section: 3. Training
    """
    was_training = net.training
    net.eval()
    with torch.no_grad():
        predicted = net(x).argmax(dim=1)
    net.train(was_training)
    return (predicted == y).sum().item()


def accuracy__in_per_cent(net, x, y):
    """The share is returned in per cent.

    The share is a number from 0 to 1; leave out the factor of 100.

    Section: 3. Training
    """
    was_training = net.training
    net.eval()
    with torch.no_grad():
        predicted = net(x).argmax(dim=1)
    net.train(was_training)
    return 100 * (predicted == y).float().mean().item()


def accuracy__in_any_mode(net, x, y):
    """The network is asked in whatever mode it is in.

    In training mode, BatchNorm1d mixes samples and keeps on learning, and Dropout leaves out units.
    Call net.eval() first.

    Section: 3. Training
    """
    with torch.no_grad():
        predicted = net(x).argmax(dim=1)
    return (predicted == y).float().mean().item()


def accuracy__stays_in_evaluation_mode(net, x, y):
    """The network is left in evaluation mode.

    The training that follows would go on in it. Note net.training before, and restore it.

    Section: 3. Training
    """
    net.eval()
    with torch.no_grad():
        predicted = net(x).argmax(dim=1)
    return (predicted == y).float().mean().item()


def accuracy__always_back_to_training(net, x, y):
    """The network is left in training mode, even if it was in evaluation mode.

    Note net.training before net.eval(), and hand it to net.train() at the end.

    Section: 3. Training
    """
    net.eval()
    with torch.no_grad():
        predicted = net(x).argmax(dim=1)
    net.train()
    return (predicted == y).float().mean().item()
