package io.ottla.bench.load;

import io.ottla.bench.load.LoadSpec.Topic;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** The files of a topic in a broker's log directory, whichever broker it is: the layout is Apache Kafka's. */
record TopicFiles(Path dataDir, Topic topic) {
    private static final String LOG = ".log";
    private static final String CLEANED_OFFSETS = "cleaner-offset-checkpoint";

    /** The base offset of each partition's last segment, which is not cleaned. */
    Map<Integer, Long> activeBaseOffsets() throws IOException {
        Map<Integer, Long> found = new TreeMap<>();
        for (int partition = 0; partition < topic.partitions(); partition++) {
            long newest = logs(partition).stream()
                    .map(path -> path.getFileName().toString())
                    .mapToLong(name -> Long.parseLong(name.substring(0, name.length() - LOG.length())))
                    .max()
                    .orElseThrow();
            found.put(partition, newest);
        }
        return found;
    }

    /** Up to where each partition has been cleaned, as the broker's checkpoint has it. */
    Map<Integer, Long> cleanedOffsets() throws IOException {
        Map<Integer, Long> found = new TreeMap<>();
        List<String> lines;
        try {
            lines = Files.readAllLines(dataDir.resolve(CLEANED_OFFSETS));
        } catch (NoSuchFileException e) {
            return found; // Nothing was ever cleaned.
        }
        for (String line : lines) {
            String[] words = line.split(" ", -1);
            if (words.length == 3 && words[0].equals(topic.name())) {
                found.put(Integer.parseInt(words[1]), Long.parseLong(words[2]));
            }
        }
        return found;
    }

    boolean isCleanUpTo(Map<Integer, Long> ends) throws IOException {
        Map<Integer, Long> cleaned = cleanedOffsets();
        return ends.entrySet().stream().allMatch(end -> cleaned.getOrDefault(end.getKey(), -1L) >= end.getValue());
    }

    /** Bytes of all segments that are in use. */
    long logBytes() throws IOException {
        long bytes = 0;
        for (int partition = 0; partition < topic.partitions(); partition++) {
            for (Path log : logs(partition)) {
                bytes += Files.size(log);
            }
        }
        return bytes;
    }

    private List<Path> logs(int partition) throws IOException {
        try (Stream<Path> files = Files.list(dataDir.resolve(topic.name() + "-" + partition))) {
            return files.filter(path -> path.getFileName().toString().endsWith(LOG))
                    .toList();
        }
    }
}
