"""Known wrong ways to write the engine."""

# --- Value.__add__ -----------------------------------------------------------------------


def Value__add__sets_the_gradient(self, other):
    """The sum sets the gradient of its operands instead of adding to it.

    A node that is used twice gets a share from each use. With = the last one wins; write += in
    _backward.

    Section: 2. Operations and backward
    """
    other = other if isinstance(other, Value) else Value(other)
    out = Value(self.data + other.data, (self, other))

    def _backward():
        self.grad = out.grad
        other.grad = out.grad

    out._backward = _backward
    return out


def Value__add__only_the_first(self, other):
    """Only the first operand of a sum gets its gradient.

    Both operands move the sum by as much as they grow: other.grad grows by out.grad too.

    Section: 2. Operations and backward
    """
    other = other if isinstance(other, Value) else Value(other)
    out = Value(self.data + other.data, (self, other))

    def _backward():
        self.grad += out.grad

    out._backward = _backward
    return out


def Value__add__gradient_of_one(self, other):
    """The operands of a sum get 1, whatever the gradient of the sum is.

    1 is the derivative of the sum itself. By the chain rule it is multiplied by out.grad.

    Section: 2. Operations and backward
    """
    other = other if isinstance(other, Value) else Value(other)
    out = Value(self.data + other.data, (self, other))

    def _backward():
        self.grad += 1.0
        other.grad += 1.0

    out._backward = _backward
    return out


def Value__add__no_plain_numbers(self, other):
    """A sum takes only Values, and no plain numbers.

    In a + 5 the 5 has no .data. Make a Value of other first, if it isn't one.

    Section: 2. Operations and backward
    """
    out = Value(self.data + other.data, (self, other))

    def _backward():
        self.grad += out.grad
        other.grad += out.grad

    out._backward = _backward
    return out


def Value__add__forgets_prev(self, other):
    """The sum doesn't remember what it was computed from.

    backward() finds the operands in _prev: hand (self, other) to the new Value.

    Section: 2. Operations and backward
    """
    other = other if isinstance(other, Value) else Value(other)
    out = Value(self.data + other.data)

    def _backward():
        self.grad += out.grad
        other.grad += out.grad

    out._backward = _backward
    return out


# --- Value.__mul__ -----------------------------------------------------------------------


def Value__mul__own_factor(self, other):
    """Each factor gets its own value as derivative, not the other's.

    Where a grows by 1, a * b grows by b: a gets b.data * out.grad.

    Section: 2. Operations and backward
    """
    other = other if isinstance(other, Value) else Value(other)
    out = Value(self.data * other.data, (self, other))

    def _backward():
        self.grad += self.data * out.grad
        other.grad += other.data * out.grad

    out._backward = _backward
    return out


def Value__mul__forgets_the_chain_rule(self, other):
    """The derivative of the product isn't multiplied by out.grad.

    other.data is how fast the product grows with self. How fast the result grows with the product
    is out.grad; the chain rule multiplies them.

    Section: 2. Operations and backward
    """
    other = other if isinstance(other, Value) else Value(other)
    out = Value(self.data * other.data, (self, other))

    def _backward():
        self.grad += other.data
        other.grad += self.data

    out._backward = _backward
    return out


def Value__mul__sets_the_gradient(self, other):
    """The product sets the gradient of its factors instead of adding to it.

    A node that is used twice gets a share from each use. With = the last one wins; write += in
    _backward.

    Section: 2. Operations and backward
    """
    other = other if isinstance(other, Value) else Value(other)
    out = Value(self.data * other.data, (self, other))

    def _backward():
        self.grad = other.data * out.grad
        other.grad = self.data * out.grad

    out._backward = _backward
    return out


def Value__mul__no_plain_numbers(self, other):
    """A product takes only Values, and no plain numbers.

    In a * 5 the 5 has no .data. Make a Value of other first, if it isn't one.

    Section: 2. Operations and backward
    """
    out = Value(self.data * other.data, (self, other))

    def _backward():
        self.grad += other.data * out.grad
        other.grad += self.data * out.grad

    out._backward = _backward
    return out


# --- Value.__pow__ -----------------------------------------------------------------------


def Value__pow__exponent_not_lowered(self, exponent):
    """The derivative of a power keeps the exponent.

    The derivative of a ** n is n * a ** (n - 1): the exponent is lowered by 1.

    Section: 2. Operations and backward
    """
    out = Value(self.data**exponent, (self,))

    def _backward():
        self.grad += exponent * self.data**exponent * out.grad

    out._backward = _backward
    return out


def Value__pow__no_factor(self, exponent):
    """The derivative of a power lacks the exponent as a factor.

    The derivative of a ** n is n * a ** (n - 1): multiply by n.

    Section: 2. Operations and backward
    """
    out = Value(self.data**exponent, (self,))

    def _backward():
        self.grad += self.data ** (exponent - 1) * out.grad

    out._backward = _backward
    return out


def Value__pow__forgets_the_chain_rule(self, exponent):
    """The derivative of the power isn't multiplied by out.grad.

    n * a ** (n - 1) is how fast the power grows with a. How fast the result grows with the power is
    out.grad; the chain rule multiplies them.

    Section: 2. Operations and backward
    """
    out = Value(self.data**exponent, (self,))

    def _backward():
        self.grad += exponent * self.data ** (exponent - 1)

    out._backward = _backward
    return out


def Value__pow__forgets_prev(self, exponent):
    """The power does not know what it was computed from.

    backward goes from a result to its parents: Value(self.data**exponent, (self,)).

    Section: 2. Operations and backward
    """
    out = Value(self.data**exponent)

    def _backward():
        self.grad += exponent * self.data ** (exponent - 1) * out.grad

    out._backward = _backward
    return out


def Value__pow__sets_the_gradient(self, exponent):
    """The power sets the gradient of its input instead of adding to it.

    A node that is used twice gets a share from each use. With = the last one wins; write += in
    _backward.

    Section: 2. Operations and backward
    """
    out = Value(self.data**exponent, (self,))

    def _backward():
        self.grad = exponent * self.data ** (exponent - 1) * out.grad

    out._backward = _backward
    return out


# --- Value.__sub__, __rsub__ and __truediv__ ---------------------------------------------


def Value__sub__cut_off(self, other):
    """The difference is a new Value without a history.

    Value(self.data - other.data) has the right number, but backward() ends there. Use operations of
    Values, such as self + (-other), or give it _prev and _backward.

    Section: 2. Operations and backward
    """
    other = other if isinstance(other, Value) else Value(other)
    return Value(self.data - other.data)


def Value__sub__without_the_sign(self, other):
    """The number that is subtracted gets its gradient without a minus sign.

    Where b grows, a - b shrinks: b gets -out.grad.

    Section: 2. Operations and backward
    """
    other = other if isinstance(other, Value) else Value(other)
    out = Value(self.data - other.data, (self, other))

    def _backward():
        self.grad += out.grad
        other.grad += out.grad

    out._backward = _backward
    return out


def Value__rsub__wrong_order(self, other):
    """5 - a is computed as a - 5.

    a + 5 and 5 + a are the same, but a - 5 and 5 - a are not: in __rsub__ the plain number is on
    the left.

    Section: 2. Operations and backward
    """
    return self - other


def Value__truediv__divides_by_a_constant(self, other):
    """The divisor gets no gradient.

    other.data is a plain number, which is not a part of the graph. Divide by the Value itself: self
    * other ** -1.

    Section: 2. Operations and backward
    """
    divisor = other.data if isinstance(other, Value) else other
    return self * (1.0 / divisor)


# --- Value.relu and Value.exp ------------------------------------------------------------


def Value__relu__passes_everything(self):
    """relu passes the gradient on where it has stopped the number.

    For negative numbers relu is flat: its slope, and so the gradient, is 0 there.

    Section: 2. Operations and backward
    """
    out = Value(max(0.0, self.data), (self,))

    def _backward():
        self.grad += out.grad

    out._backward = _backward
    return out


def Value__relu__value_as_slope(self):
    """relu multiplies the gradient by its output.

    The slope of relu is 1 where it is positive, however large the output is: (out.data > 0) *
    out.grad.

    Section: 2. Operations and backward
    """
    out = Value(max(0.0, self.data), (self,))

    def _backward():
        self.grad += out.data * out.grad

    out._backward = _backward
    return out


def Value__relu__sets_the_gradient(self):
    """relu sets the gradient of its input instead of adding to it.

    A node that is used twice gets a share from each use. With = the last one wins; write += in
    _backward.

    Section: 2. Operations and backward
    """
    out = Value(max(0.0, self.data), (self,))

    def _backward():
        self.grad = (self.data > 0) * out.grad

    out._backward = _backward
    return out


def Value__exp__input_as_derivative(self):
    """exp uses its input as its derivative.

    The derivative of e ** a is e ** a, which is out.data, and not a.

    Section: 2. Operations and backward
    """
    out = Value(math.exp(self.data), (self,))

    def _backward():
        self.grad += self.data * out.grad

    out._backward = _backward
    return out


def Value__exp__like_a_power(self):
    """exp is differentiated like a power, with its exponent as a factor.

    n * a ** (n - 1) is for a fixed exponent. Here the exponent is what varies: the derivative of
    e ** a is e ** a.

    Section: 2. Operations and backward
    """
    out = Value(math.exp(self.data), (self,))

    def _backward():
        self.grad += self.data * math.exp(self.data - 1) * out.grad

    out._backward = _backward
    return out


def Value__exp__replaces_the_inputs_own_backward(self):
    """exp sets _backward of its input, which may have one of its own.

    If the input is a result itself, nothing reaches what it was computed from any more. It is the
    result that passes its gradient on: out._backward = _backward.

    Section: 2. Operations and backward
    """
    out = Value(math.exp(self.data), (self,))

    def _backward():
        self.grad += out.data * out.grad

    self._backward = _backward
    return out


def Value__exp__sets_the_gradient(self):
    """exp sets the gradient of its input instead of adding to it.

    A node that is used twice gets a share from each use. With = the last one wins; write += in
    _backward.

    Section: 2. Operations and backward
    """
    out = Value(math.exp(self.data), (self,))

    def _backward():
        self.grad = out.data * out.grad

    out._backward = _backward
    return out


# --- Value.backward ----------------------------------------------------------------------


def Value__backward__goes_down_every_path(self):
    """A node passes its gradient on before it has all of it.

    Going down from node to node, one that is used twice has its turn twice, and passes on again
    what it has passed on already. Sort all nodes first; then each has one turn.

    Section: All the way back
    """
    self.grad = 1.0

    def visit(node):
        node._backward()
        for before in node._prev:
            visit(before)

    visit(self)


def Value__backward__at_first_sight(self):
    """Each node has its turn when it is first met, before all of its gradient is there.

    A set of what was visited is right, but a node may be met on a short way while another part of
    its gradient is still on a longer one. Append a node to the list after all nodes in its _prev,
    and go through the list backwards.

    Section: All the way back
    """
    self.grad = 1.0
    seen = set()

    def visit(node):
        if node not in seen:
            seen.add(node)
            node._backward()
            for before in node._prev:
                visit(before)

    visit(self)


def Value__backward__breadth_first(self):
    """The nodes have their turns in the order of their distance from the result.

    A node may be near to the result on one way and far on another. It has to wait for the longest
    one; the distance doesn't say that, a topological order does.

    Section: All the way back
    """
    self.grad = 1.0
    seen, waiting = {self}, [self]
    while waiting:
        node = waiting.pop(0)
        node._backward()
        for before in node._prev:
            if before not in seen:
                seen.add(before)
                waiting.append(before)


def Value__backward__starts_at_zero(self):
    """The result's own gradient is left at 0, so that all others stay 0.

    The derivative of the result with respect to itself is 1: set self.grad = 1.0 first.

    Section: All the way back
    """
    order, seen = [], set()

    def visit(node):
        if node not in seen:
            seen.add(node)
            for before in node._prev:
                visit(before)
            order.append(node)

    visit(self)
    for node in reversed(order):
        node._backward()


def Value__backward__only_one_step(self):
    """Only the nodes that the result was computed from directly get a gradient.

    self._backward() is one step. Every node of the graph has to pass its gradient on, from the
    result to the first numbers: a list in the order of computing has to be reversed.

    Section: All the way back
    """
    self.grad = 1.0
    self._backward()


# Nodes that come before the result in a list pass on gradients that are still 0.
def Value__backward__only_one_step__in_the_wrong_order(self):
    order, seen = [], set()

    def visit(node):
        if node not in seen:
            seen.add(node)
            for before in node._prev:
                visit(before)
            order.append(node)

    visit(self)
    self.grad = 1.0
    for node in order:
        node._backward()


def Value__backward__clears_first(self):
    """backward() sets the gradients back to 0 first.

    What two results share should get the sum of their gradients. Clearing is for who trains, once a
    step.

    Section: All the way back
    """
    order, seen = [], set()

    def visit(node):
        if node not in seen:
            seen.add(node)
            for before in node._prev:
                visit(before)
            order.append(node)

    visit(self)
    for node in order:
        node.grad = 0.0
    self.grad = 1.0
    for node in reversed(order):
        node._backward()


# --- Neuron ------------------------------------------------------------------------------


def Neuron__init__all_weights_zero(self, n_inputs, nonlin=True):
    """All weights start at 0.

    Then all neurons of a layer compute the same, get the same gradients, and stay equal. Draw each
    weight at random.

    Section: 3. A neuron
    """
    self.w = [Value(0.0) for _ in range(n_inputs)]
    self.b = Value(0.0)
    self.nonlin = nonlin


def Neuron__init__one_draw_for_all(self, n_inputs, nonlin=True):
    """All weights are one and the same Value.

    [Value(...)] * n is a list of n references to one object. Draw in a comprehension: [Value(...)
    for _ in range(n)].

    Section: 3. A neuron
    """
    self.w = [Value(random.uniform(-1, 1))] * n_inputs
    self.b = Value(0.0)
    self.nonlin = nonlin


def Neuron__init__only_positive_weights(self, n_inputs, nonlin=True):
    """The weights are drawn between 0 and 1.

    random.random() is never negative. With random.uniform(-1, 1) a neuron can also start with a
    weight that lowers its output.

    Section: 3. A neuron
    """
    self.w = [Value(random.random()) for _ in range(n_inputs)]
    self.b = Value(0.0)
    self.nonlin = nonlin


def Neuron__init__plain_bias(self, n_inputs, nonlin=True):
    """The bias is a plain number.

    What is to be trained needs a gradient: Value(0.0).

    Section: 3. A neuron
    """
    self.w = [Value(random.uniform(-1, 1)) for _ in range(n_inputs)]
    self.b = 0.0
    self.nonlin = nonlin


def Neuron__init__always_relu(self, n_inputs, nonlin=True):
    """nonlin is always True, whatever is passed.

    Store the argument: self.nonlin = nonlin.

    Section: 3. A neuron
    """
    self.w = [Value(random.uniform(-1, 1)) for _ in range(n_inputs)]
    self.b = Value(0.0)
    self.nonlin = True


def Neuron__call__without_bias(self, x):
    """The bias isn't added.

    Start the sum at self.b, or add it at the end.

    Section: 3. A neuron
    """
    total = Value(0.0)
    for weight, number in zip(self.w, x):
        total = total + weight * number
    return total.relu() if self.nonlin else total


def Neuron__call__always_relu(self, x):
    """relu is applied even if the neuron is linear.

    Ask self.nonlin: the last layer of a network has to be able to return negative numbers.

    Section: 3. A neuron
    """
    total = self.b
    for weight, number in zip(self.w, x):
        total = total + weight * number
    return total.relu()


def Neuron__call__cut_off(self, x):
    """The output is computed from the numbers in the Values, and has no history.

    weight.data * number is a plain number. Use the Values themselves, so that backward() finds the
    weights.

    Section: 3. A neuron
    """
    numbers = [one.data if isinstance(one, Value) else one for one in x]
    total = self.b.data + sum(w.data * number for w, number in zip(self.w, numbers))
    return Value(max(0.0, total) if self.nonlin else total)


def Neuron__parameters__without_bias(self):
    """The bias is not among the parameters.

    It is trained as well: [*self.w, self.b].

    Section: 3. A neuron
    """
    return list(self.w)


def Neuron__parameters__numbers(self):
    """parameters() returns copies of the Values.

    Who changes a copy doesn't change the neuron. Return the Values themselves.

    Section: 3. A neuron
    """
    return [Value(one.data) for one in (*self.w, self.b)]


# --- MLP ---------------------------------------------------------------------------------


def MLP__init__relu_at_the_end(self, n_inputs, sizes):
    """The last layer has a relu too.

    Then the network can't return a negative number. Pass nonlin=False to the last layer.

    Section: 4. A network
    """
    ends = [n_inputs, *sizes]
    self.layers = [Layer(ends[k], ends[k + 1]) for k in range(len(sizes))]


def MLP__init__no_relu(self, n_inputs, sizes):
    """No layer has a relu.

    Linear layers one after another are one linear layer. Only the last one has nonlin=False.

    Section: 4. A network
    """
    ends = [n_inputs, *sizes]
    self.layers = [Layer(ends[k], ends[k + 1], nonlin=False) for k in range(len(sizes))]


def MLP__init__all_get_the_inputs(self, n_inputs, sizes):
    """Every layer is made for the inputs of the network.

    Only the first layer gets those. A later one gets the outputs of the layer before it, as many as
    that has neurons.

    Section: 4. A network
    """
    last = len(sizes) - 1
    self.layers = [Layer(n_inputs, size, nonlin=k != last) for k, size in enumerate(sizes)]


def MLP__call__same_input_for_all(self, x):
    """Every layer gets the inputs of the network.

    Then only the last layer counts. Give each layer what the one before it has returned.

    Section: 4. A network
    """
    for layer in self.layers:
        out = layer(x)
    return out


def MLP__call__single_output_without_list(self, x):
    """A single output is returned without a list around it.

    Who calls the network need not know how many outputs it has: always return a list.

    Section: 4. A network
    """
    for layer in self.layers:
        x = layer(x)
    return x[0] if len(x) == 1 else x


def MLP__parameters__nested(self):
    """parameters() is a list of lists, one for each layer.

    Go through both levels: [p for layer in self.layers for p in layer.parameters()].

    Section: 4. A network
    """
    return [layer.parameters() for layer in self.layers]


def MLP__parameters__only_the_last(self):
    """Only the parameters of the last layer are returned.

    The list starts anew for each layer. Make it before the loop, and extend it in the loop.

    Section: 4. A network
    """
    for layer in self.layers:
        found = []
        found += layer.parameters()
    return found
