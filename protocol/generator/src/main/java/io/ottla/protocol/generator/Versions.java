package io.ottla.protocol.generator;

/** A range of versions, both ends inclusive; {@link #NONE} is the empty one. */
public record Versions(int lowest, int highest) {
    public static final Versions NONE = new Versions(0, -1);
    public static final Versions ALL = new Versions(0, Short.MAX_VALUE);

    /** Parses "none", "3", "3+" or "3-5". */
    static Versions parse(String text) {
        String trimmed = text.trim();
        if (trimmed.equals("none")) {
            return NONE;
        }
        if (trimmed.endsWith("+")) {
            return new Versions(Integer.parseInt(trimmed.substring(0, trimmed.length() - 1)), Short.MAX_VALUE);
        }
        int dash = trimmed.indexOf('-');
        if (dash < 0) {
            int only = Integer.parseInt(trimmed);
            return new Versions(only, only);
        }
        return new Versions(
                Integer.parseInt(trimmed.substring(0, dash)), Integer.parseInt(trimmed.substring(dash + 1)));
    }

    public boolean isEmpty() {
        return highest < lowest;
    }

    public boolean contains(int version) {
        return lowest <= version && version <= highest;
    }

    boolean containsAll(Versions other) {
        return other.isEmpty() || (lowest <= other.lowest && other.highest <= highest);
    }

    Versions and(Versions other) {
        Versions both = new Versions(Math.max(lowest, other.lowest), Math.min(highest, other.highest));
        return both.isEmpty() ? NONE : both;
    }

    /** This range without {@code tail}, which must be empty or reach to this range's end. */
    Versions without(Versions tail) {
        if (and(tail).isEmpty()) {
            return this;
        }
        if (tail.highest < highest) {
            throw new IllegalArgumentException(tail + " is not the tail of " + this);
        }
        Versions rest = new Versions(lowest, tail.lowest - 1);
        return rest.isEmpty() ? NONE : rest;
    }

    /** The Java expression that holds for the versions of this range, given that only {@code possible} ones occur. */
    String conditionWithin(Versions possible) {
        if (containsAll(possible)) {
            return "true";
        }
        if (and(possible).isEmpty()) {
            return "false";
        }
        if (lowest <= possible.lowest) {
            return "version <= " + highest;
        }
        if (possible.highest <= highest) {
            return "version >= " + lowest;
        }
        return lowest == highest ? "version == " + lowest : "version >= " + lowest + " && version <= " + highest;
    }
}
