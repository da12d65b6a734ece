package io.ottla.cluster;

/** A producer in the background that sends to all partitions of a topic in turn, until closed. */
public interface Writer extends AutoCloseable {
    void start();

    /** Ends it once every record's fate is known. */
    @Override
    void close();
}
