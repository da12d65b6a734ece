package io.ottla.protocol.schema;

/** A message of the protocol, or a record of an internal topic, that reads and writes itself. */
public interface ApiMessage {
    /**
     * Replaces every field by what {@code in} holds at {@code version}; fields unknown to that version take their
     * defaults and unknown tagged fields are skipped.
     *
     * @throws MalformedMessageException if the bytes are not such a message; the fields are then undefined
     */
    void read(MessageReader in, short version);

    /**
     * Appends this message as of {@code version}.
     *
     * @throws IllegalArgumentException if a field holds what that version cannot express
     */
    void write(MessageWriter out, short version);

    /** The key of the request or response, or -1 for headers and records. */
    short apiKey();

    short lowestSupportedVersion();

    short highestSupportedVersion();

    /**
     * Releases the {@link RecordBytes} in this message. Whoever encodes or discards a message that it built itself calls
     * this once, afterwards. For a message that was read it does nothing: its records belong to the frame.
     */
    default void releaseRecords() {}
}
