package io.ottla.broker.config;

import java.util.List;

/** A configuration that cannot be used; its message has one line for each thing that is wrong. */
public final class ConfigException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient List<ConfigProblem> problems;

    ConfigException(List<ConfigProblem> problems, ConfigText text) {
        super(String.join(
                System.lineSeparator(),
                problems.stream()
                        .map(problem -> problem.describe(text.whereSet(problem.key())))
                        .toList()));
        this.problems = problems;
    }

    ConfigException(String message) {
        super(message);
        this.problems = List.of();
    }

    /** What is wrong; empty if the file could not be read at all. */
    public List<ConfigProblem> problems() {
        return problems;
    }
}
