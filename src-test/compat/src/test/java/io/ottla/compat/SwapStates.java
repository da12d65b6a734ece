package io.ottla.compat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The states that the directory of a partition passes through while cleaned segments take the places of others, file by file, as
 * both Ottla and Apache Kafka rename them: {@code .cleaned} to {@code .swap}, the originals to {@code .deleted}, {@code .swap} to
 * the final name. Confined to one thread.
 */
final class SwapStates {
    private static final List<String> PARTS = List.of(".log", ".index", ".timeindex", ".txnindex");
    private static final int DIGITS = 20;

    private final Path after;
    private final Map<String, Path> files = new TreeMap<>();
    private final Set<Long> replaced = new HashSet<>();
    private final List<State> states = new ArrayList<>();
    private String step = "";

    /**
     * One of them.
     *
     * @param step what was done last
     * @param files names, and where there is a file with the content
     * @param replaced base offsets of the cleaned segments that count from now on, instead of their originals
     */
    record State(String step, Map<String, Path> files, Set<Long> replaced) {
        /** Makes the segments of a partition's directory these files. */
        void putInto(Path partitionDirectory) {
            try {
                for (Path old : Folders.list(partitionDirectory)) {
                    if (!old.getFileName().toString().equals("partition.metadata")) {
                        Files.delete(old);
                    }
                }
                for (Map.Entry<String, Path> file : files.entrySet()) {
                    Files.copy(file.getValue(), partitionDirectory.resolve(file.getKey()));
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private SwapStates(Path before, Path after) {
        this.after = after;
        for (Path file : Folders.list(before)) {
            String name = file.getFileName().toString();
            if (!name.equals("partition.metadata")) {
                files.put(name, file);
            }
        }
    }

    /** All states between two copies of a directory. */
    static List<State> between(Path before, Path after) {
        SwapStates states = new SwapStates(before, after);
        NavigableSet<Long> originals = baseOffsets(before);
        NavigableSet<Long> cleaned = baseOffsets(after);
        for (long base : cleaned.headSet(originals.last(), false)) {
            states.replace(base, originals.subSet(base, cleaned.higher(base)));
        }
        return states.states;
    }

    /** The base offsets of the segments in a directory. */
    static NavigableSet<Long> baseOffsets(Path partitionDirectory) {
        NavigableSet<Long> found = new TreeSet<>();
        for (Path file : Folders.list(partitionDirectory)) {
            String name = file.getFileName().toString();
            if (name.endsWith(".log")) {
                found.add(Long.parseLong(name.substring(0, DIGITS)));
            }
        }
        return found;
    }

    private void replace(long base, Set<Long> originals) {
        List<String> parts = PARTS.stream()
                .filter(part -> Files.exists(after.resolve(name(base, part))))
                .toList();
        for (String part : parts) {
            files.put(name(base, part) + ".cleaned", after.resolve(name(base, part)));
            note("creation of " + name(base, part) + ".cleaned");
        }
        for (String part : parts) {
            move(name(base, part) + ".cleaned", name(base, part) + ".swap");
            if (part.equals(parts.get(parts.size() - 1))) {
                replaced.add(base);
            }
            note(step);
        }
        for (long original : originals) {
            for (String part : PARTS) {
                if (files.containsKey(name(original, part))) {
                    move(name(original, part), name(original, part) + ".deleted");
                    note(step);
                }
            }
        }
        for (String part : parts) {
            move(name(base, part) + ".swap", name(base, part));
            note(step);
        }
        files.keySet().removeIf(name -> name.endsWith(".deleted"));
        note("deletion of the originals of " + base);
    }

    private void move(String from, String to) {
        files.put(to, files.remove(from));
        step = "renaming of " + from + " to " + to;
    }

    private void note(String done) {
        states.add(new State(done, Map.copyOf(files), Set.copyOf(replaced)));
    }

    private static String name(long baseOffset, String part) {
        return String.format("%020d", baseOffset) + part;
    }
}
