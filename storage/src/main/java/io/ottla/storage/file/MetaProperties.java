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

    /**
     * Reads the file of a directory; empty if there is none yet. Blocks.
     *
     * @throws IOException if the file cannot be read, or is not of version 0; the message names file, key, expected and
     *     actual value
     */
    public static Optional<MetaProperties> read(LogDirectory directory) throws IOException {
        if (!directory.exists(FILE_NAME)) {
            return Optional.empty();
        }
        Properties properties = new Properties();
        properties.load(new ByteArrayInputStream(directory.readFully(FILE_NAME)));
        String version = properties.getProperty("version");
        if (!VERSION.equals(version)) {
            throw mismatch(directory, "version", VERSION, String.valueOf(version));
        }
        String brokerId = properties.getProperty("broker.id", "-1").trim();
        try {
            return Optional.of(new MetaProperties(Integer.parseInt(brokerId), properties.getProperty("cluster.id")));
        } catch (NumberFormatException e) {
            throw new IOException(
                    mismatch(directory, "broker.id", "a number", brokerId).getMessage(), e);
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
     * @throws IOException if the directory belongs to another broker or cluster; the message names file, key, expected
     *     and actual value
     */
    public void validate(LogDirectory directory, MetaProperties expected) throws IOException {
        if (brokerId >= 0 && expected.brokerId >= 0 && brokerId != expected.brokerId) {
            throw mismatch(directory, "broker.id", Integer.toString(expected.brokerId), Integer.toString(brokerId));
        }
        if (clusterId != null && expected.clusterId != null && !Objects.equals(clusterId, expected.clusterId)) {
            throw mismatch(directory, "cluster.id", expected.clusterId, clusterId);
        }
    }

    private static IOException mismatch(LogDirectory directory, String key, String expected, String actual) {
        return new IOException(
                directory.path().resolve(FILE_NAME) + ": " + key + " is " + actual + ", expected " + expected);
    }
}
