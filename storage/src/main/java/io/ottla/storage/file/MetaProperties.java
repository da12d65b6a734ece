package io.ottla.storage.file;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.Optional;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/**
 * The identity that {@code meta.properties} gives a log directory: whose broker's it is, and of which cluster.
 *
 * @param brokerId the broker's id, or -1 if the file has none
 * @param clusterId the cluster's id, or null if the file has none
 */
public record MetaProperties(int brokerId, @Nullable String clusterId) {
    public static final String FILE_NAME = "meta.properties";
    private static final String VERSION = "0";

    /** A file that was read says something else than was expected; the message names file, key, expected and actual value. */
    public static final class MismatchException extends IOException {
        private static final long serialVersionUID = 1L;

        MismatchException(LogDirectory directory, String key, String expected, String actual) {
            super(directory.path().resolve(FILE_NAME) + ": " + key + " is " + actual + ", expected " + expected);
        }
    }

    /**
     * Reads the file of a directory; empty if there is none yet. Blocks.
     *
     * @throws MismatchException if it is not of version 0
     * @throws IOException if it cannot be read
     */
    public static Optional<MetaProperties> read(LogDirectory directory) throws IOException {
        if (!directory.exists(FILE_NAME)) {
            return Optional.empty();
        }
        Properties properties = new Properties();
        properties.load(new ByteArrayInputStream(directory.readFully(FILE_NAME)));
        String version = properties.getProperty("version");
        if (!VERSION.equals(version)) {
            throw new MismatchException(directory, "version", VERSION, String.valueOf(version));
        }
        String brokerId = properties.getProperty("broker.id", "-1").trim();
        try {
            return Optional.of(new MetaProperties(Integer.parseInt(brokerId), properties.getProperty("cluster.id")));
        } catch (NumberFormatException e) {
            MismatchException mismatch = new MismatchException(directory, "broker.id", "a number", brokerId);
            mismatch.initCause(e);
            throw mismatch;
        }
    }

    /** Writes the file of a directory. Blocks. */
    public void write(LogDirectory directory) throws IOException {
        Properties properties = new Properties();
        properties.setProperty("version", VERSION);
        properties.setProperty("broker.id", Integer.toString(brokerId));
        if (clusterId != null) {
            properties.setProperty("cluster.id", clusterId);
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        properties.store(new OutputStreamWriter(bytes, StandardCharsets.ISO_8859_1), null);
        directory.replace(FILE_NAME, bytes.toByteArray());
    }

    /**
     * Holds the directory against the broker that wants to use it.
     *
     * @param expected the broker's own identity; a broker id of -1 or a null cluster id is not known yet and matches all
     * @throws MismatchException if the directory belongs to another broker or cluster
     */
    public void validate(LogDirectory directory, MetaProperties expected) throws MismatchException {
        if (brokerId >= 0 && expected.brokerId >= 0 && brokerId != expected.brokerId) {
            throw new MismatchException(
                    directory, "broker.id", Integer.toString(expected.brokerId), Integer.toString(brokerId));
        }
        if (clusterId != null && expected.clusterId != null && !Objects.equals(clusterId, expected.clusterId)) {
            throw new MismatchException(directory, "cluster.id", expected.clusterId, clusterId);
        }
    }
}
