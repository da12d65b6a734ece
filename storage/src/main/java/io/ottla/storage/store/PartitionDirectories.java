package io.ottla.storage.store;

import io.ottla.protocol.api.TopicPartition;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The names of partitions' directories. */
final class PartitionDirectories {
    private static final String DELETE_SUFFIX = "-delete";
    private static final String FUTURE_SUFFIX = "-future";
    private static final String STRAY_SUFFIX = "-stray";
    private static final Pattern MARKED = Pattern.compile("(.+)\\.[a-z0-9]{32}-(delete|future|stray)");
    private static final Pattern LIVE = Pattern.compile("([a-zA-Z0-9._-]{1,249})-(0|[1-9][0-9]{0,9})");
    private static final int MAX_NAME_BYTES = 255;

    private PartitionDirectories() {}

    /** What a name says about a directory. */
    enum Kind {
        LIVE,
        /** Renamed to be deleted. */
        DELETED,
        /** A replica on its way to this log directory from another one. */
        FUTURE,
        /** A replica that was found not to belong to the broker. */
        STRAY,
        /** No partition's directory. */
        OTHER
    }

    static Kind kindOf(String name) {
        Matcher marked = MARKED.matcher(name);
        if (marked.matches()) {
            return switch (marked.group(2)) {
                case "delete" -> Kind.DELETED;
                case "future" -> Kind.FUTURE;
                default -> Kind.STRAY;
            };
        }
        return partition(name).isPresent() ? Kind.LIVE : Kind.OTHER;
    }

    /** The partition of a live directory. */
    static Optional<TopicPartition> partition(String name) {
        Matcher matcher = LIVE.matcher(name);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        long number = Long.parseLong(matcher.group(2));
        return number > Integer.MAX_VALUE
                ? Optional.empty()
                : Optional.of(new TopicPartition(matcher.group(1), (int) number));
    }

    static String live(TopicPartition partition) {
        return partition.toString();
    }

    /** The partition of a directory that is to take the place of its live one. */
    static Optional<TopicPartition> futurePartition(String name) {
        Matcher marked = MARKED.matcher(name);
        return marked.matches() ? partition(marked.group(1)) : Optional.empty();
    }

    /** A name for a directory that is to take the place of the live one; empty if it would be too long. */
    static Optional<String> future(TopicPartition partition, UUID unique) {
        String name = partition + "." + unique.toString().replace("-", "") + FUTURE_SUFFIX;
        return name.length() <= MAX_NAME_BYTES ? Optional.of(name) : Optional.empty();
    }

    /** A name under which a directory waits for its deletion; a long topic name is shortened to fit. */
    static String deleted(TopicPartition partition, UUID unique) {
        return marked(partition, unique, DELETE_SUFFIX);
    }

    /** A name under which a directory is kept that does not belong to the broker any more; a long one is shortened. */
    static String stray(TopicPartition partition, UUID unique) {
        return marked(partition, unique, STRAY_SUFFIX);
    }

    private static String marked(TopicPartition partition, UUID unique, String mark) {
        String suffix = "." + unique.toString().replace("-", "") + mark;
        String name = partition.toString();
        int room = MAX_NAME_BYTES - suffix.length();
        return (name.length() <= room ? name : name.substring(0, room)) + suffix;
    }
}
