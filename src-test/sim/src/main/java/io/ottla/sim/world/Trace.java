package io.ottla.sim.world;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The last things that happened, in words, for whoever reads of a failure. Confined to the world's thread. */
public final class Trace {
    private static final int KEPT = 6_000;
    /** Who brings what concerns everybody. */
    private static final String OF_ALL = "fault";

    private static final double NS_PER_S = 1e9;

    private final World world;
    private final ArrayDeque<Line> lines = new ArrayDeque<>();

    private record Line(long atNs, String who, String what) {
        boolean isAbout(String something) {
            return who.equals(OF_ALL) || who.contains(something) || what.contains(something);
        }

        @Override
        public String toString() {
            return String.format(Locale.ROOT, "%12.6f %-10s %s", atNs / NS_PER_S, who, what);
        }
    }

    Trace(World world) {
        this.world = world;
    }

    public void note(String who, String what) {
        if (lines.size() == KEPT) {
            lines.removeFirst();
        }
        lines.addLast(new Line(world.nowNs(), who, what));
    }

    /** The last lines that name something, oldest first. */
    public List<String> last(int count, String about) {
        ArrayDeque<String> found = new ArrayDeque<>();
        lines.descendingIterator().forEachRemaining(line -> {
            if (found.size() < count && line.isAbout(about)) {
                found.addFirst(line.toString());
            }
        });
        return new ArrayList<>(found);
    }
}
