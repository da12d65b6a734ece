package io.ottla.check;

/**
 * One case in which a rule does not hold.
 *
 * @param what what was found, and where
 */
public record Violation(Rule rule, String what) {}
