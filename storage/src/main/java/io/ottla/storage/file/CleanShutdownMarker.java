package io.ottla.storage.file;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/**
 * {@code .kafka_cleanshutdown}: present exactly while everything in the directory is on disk and no broker uses it.
 *
 * <p>It is removed before anything is loaded, so that a crash while loading counts as unclean (KAFKA-10471), and written
 * only after every log of the directory was flushed (KAFKA-13773).
 */
public final class CleanShutdownMarker {
    public static final String FILE_NAME = ".kafka_cleanshutdown";

    /** The broker epoch when the marker is missing or does not tell. */
    public static final long NO_EPOCH = -1;

    private final LogDirectory directory;

    public CleanShutdownMarker(LogDirectory directory) {
        this.directory = directory;
    }

    public boolean exists() {
        return directory.exists(FILE_NAME);
    }

    /** The broker's epoch at the clean shutdown, or {@link #NO_EPOCH}. Blocks. */
    public long brokerEpoch() throws IOException {
        if (!exists()) {
            return NO_EPOCH;
        }
        // By the streaming parser: every clean start comes by here, and the object mapper takes long to load.
        try (JsonParser json = new JsonFactory().createParser(directory.readFully(FILE_NAME))) {
            while (json.nextToken() != null) {
                if (json.currentToken() == JsonToken.FIELD_NAME && "brokerEpoch".equals(json.currentName())) {
                    return json.nextLongValue(NO_EPOCH);
                }
            }
            return NO_EPOCH;
        } catch (JsonProcessingException e) {
            return NO_EPOCH; // Brokers before KIP-966 wrote an empty file.
        }
    }

    /** Writes the marker durably. Blocks. */
    public void write(long brokerEpoch) throws IOException {
        String json = "{\"version\":0,\"brokerEpoch\":" + brokerEpoch + "}";
        directory.replace(FILE_NAME, json.getBytes(StandardCharsets.UTF_8));
    }

    /** Removes the marker durably. Blocks. */
    public void remove() throws IOException {
        if (directory.delete(FILE_NAME)) {
            directory.forceDirectory("");
        }
    }
}
