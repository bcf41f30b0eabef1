"""A class's reports in the formats that platforms and gradebooks read: one module for each.

Each is a function of one signature, `grader.exports.format.Export`, found by the name of its entry
point in the group ``zerograd.exports``; so a package of somebody else's adds one without touching
this. All hold that a fault of the grader is never a zero, and that a part of the points is never a
pass.
"""
