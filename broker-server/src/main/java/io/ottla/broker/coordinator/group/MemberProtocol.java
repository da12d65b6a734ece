package io.ottla.broker.coordinator.group;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A protocol (for consumers: an assignor) that a member supports, and what it says to the leader under it. The bytes are
 * never changed.
 */
final class MemberProtocol {
    private final String name;
    private final byte[] metadata;

    MemberProtocol(String name, byte[] metadata) {
        this.name = name;
        this.metadata = metadata;
    }

    String name() {
        return name;
    }

    byte[] metadata() {
        return metadata;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof MemberProtocol protocol
                && name.equals(protocol.name)
                && Arrays.equals(metadata, protocol.metadata);
    }

    @Override
    public int hashCode() {
        return 31 * name.hashCode() + Arrays.hashCode(metadata);
    }

    @Override
    public String toString() {
        return name + " (" + metadata.length + " bytes)";
    }
}
