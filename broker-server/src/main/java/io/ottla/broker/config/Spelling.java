package io.ottla.broker.config;

import java.util.Collection;
import org.jspecify.annotations.Nullable;

/** Finds the name an operator probably meant. */
final class Spelling {
    private Spelling() {}

    /** The candidate fewest edits away from {@code name}, or null if none is near. */
    static @Nullable String nearest(String name, Collection<String> candidates) {
        String nearest = null;
        int fewest = 2 + name.length() / 6;
        for (String candidate : candidates) {
            if (Math.abs(candidate.length() - name.length()) < fewest) {
                int edits = edits(name, candidate);
                if (edits < fewest) {
                    fewest = edits;
                    nearest = candidate;
                }
            }
        }
        return nearest;
    }

    /** Letters to insert, drop, replace or swap with their neighbour to turn one word into the other. */
    static int edits(String from, String to) {
        int[] beforeLast = new int[to.length() + 1];
        int[] last = new int[to.length() + 1];
        for (int column = 0; column <= to.length(); column++) {
            last[column] = column;
        }
        for (int row = 1; row <= from.length(); row++) {
            int[] current = new int[to.length() + 1];
            current[0] = row;
            for (int column = 1; column <= to.length(); column++) {
                boolean same = from.charAt(row - 1) == to.charAt(column - 1);
                int edits =
                        Math.min(last[column - 1] + (same ? 0 : 1), Math.min(last[column], current[column - 1]) + 1);
                boolean swapped = row > 1
                        && column > 1
                        && from.charAt(row - 1) == to.charAt(column - 2)
                        && from.charAt(row - 2) == to.charAt(column - 1);
                current[column] = swapped ? Math.min(edits, beforeLast[column - 2] + 1) : edits;
            }
            beforeLast = last;
            last = current;
        }
        return last[to.length()];
    }
}
