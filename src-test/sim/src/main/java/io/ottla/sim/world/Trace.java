package io.ottla.sim.world;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The last things that happened, in words, for whoever reads of a failure. Confined to the world's thread. */
public final class Trace {
    private static final int KEPT = 4_000;
    /** Who brings what concerns everybody. */
    private static final String OF_ALL = "fault";

    private static final double NS_PER_S = 1e9;

    private final World world;
    private final ArrayDeque<String> lines = new ArrayDeque<>();

    Trace(World world) {
        this.world = world;
    }

    public void note(String who, String what) {
        if (lines.size() == KEPT) {
            lines.removeFirst();
        }
        lines.addLast(String.format(Locale.ROOT, "%12.6f %-10s %s", world.nowNs() / NS_PER_S, who, what));
    }

    /** The last lines that name something, oldest first. */
    public List<String> last(int count, String about) {
        List<String> found = new ArrayList<>();
        lines.descendingIterator().forEachRemaining(line -> {
            if (found.size() < count && (line.contains(about) || line.contains(" " + OF_ALL + " "))) {
                found.add(0, line);
            }
        });
        return found;
    }
}
