package io.ottla.check;

import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;

/**
 * Compares the segments of replicas on disk, after all of them have stopped with a complete ISR: a follower appends the
 * leader's bytes as they are, so that the segments one after the other are the same bytes everywhere, wherever rolled.
 */
public final class ReplicaCheck {
    private static final int CHUNK_BYTES = 1 << 16;

    private ReplicaCheck() {}

    /**
     * All differences among the replicas of one partition.
     *
     * @param folders the partition's folder in the log directory of each replica; all logs start at the same offset
     */
    public static List<Violation> check(List<Path> folders) {
        List<Violation> violations = new ArrayList<>();
        Path first = folders.get(0);
        for (Path other : folders.subList(1, folders.size())) {
            long at = firstDifference(first, other);
            if (at >= 0) {
                violations.add(new Violation(
                        Rule.REPLICAS_AGREE, "%s and %s differ at byte %d of the log".formatted(first, other, at)));
            }
        }
        return violations;
    }

    /** The position of the first different byte, the length of the shorter log if the longer goes on, -1 if alike. */
    private static long firstDifference(Path one, Path other) {
        try (InputStream left = open(one);
                InputStream right = open(other)) {
            long position = 0;
            while (true) {
                byte[] a = left.readNBytes(CHUNK_BYTES);
                byte[] b = right.readNBytes(CHUNK_BYTES);
                int mismatch = Arrays.mismatch(a, b);
                if (mismatch >= 0) {
                    return position + mismatch;
                }
                if (a.length < CHUNK_BYTES) {
                    return -1;
                }
                position += a.length;
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot compare " + one + " with " + other, e);
        }
    }

    private static InputStream open(Path folder) throws IOException {
        List<InputStream> segments = new ArrayList<>();
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.filter(path -> path.toString().endsWith(".log"))
                    .sorted()
                    .toList()) {
                segments.add(Files.newInputStream(file));
            }
        }
        return new SequenceInputStream(Collections.enumeration(segments));
    }
}
