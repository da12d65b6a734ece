package io.ottla.broker.coordinator.group;

import io.netty.buffer.Unpooled;
import io.ottla.protocol.message.ConsumerProtocolSubscription;
import io.ottla.protocol.schema.MalformedMessageException;
import io.ottla.protocol.schema.MessageReader;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads which topics the members of a consumer group subscribe to, out of what they tell their leader. */
final class ConsumerSubscriptions {
    /** The protocol type of consumers. */
    static final String PROTOCOL_TYPE = "consumer";

    private static final Logger log = LoggerFactory.getLogger(ConsumerSubscriptions.class);

    private ConsumerSubscriptions() {}

    /** The topics of all members; null if this is no consumer group, has no protocol, or speaks what is not understood. */
    static @Nullable Set<String> topicsOf(ClassicGroup group) {
        if (!group.isConsumerGroup()) {
            return null;
        }
        Set<String> topics = new HashSet<>();
        if (group.isEmpty()) {
            return topics;
        }
        String protocolName = group.protocolName();
        if (protocolName == null) {
            return null;
        }
        try {
            group.members().forEach(member -> topics.addAll(topicsOf(member.metadata(protocolName))));
            return topics;
        } catch (MalformedMessageException e) {
            log.warn(
                    "group {}: a subscription under protocol {} cannot be read, so its offsets do not expire while it has"
                            + " members: {}",
                    group.id(),
                    protocolName,
                    e.getMessage());
            return null;
        }
    }

    private static List<String> topicsOf(byte[] subscription) {
        MessageReader reader = new MessageReader(Unpooled.wrappedBuffer(subscription));
        short version = reader.readInt16();
        if (version < ConsumerProtocolSubscription.LOWEST_VERSION) {
            throw new MalformedMessageException(
                    "subscription version " + version + ", expected " + ConsumerProtocolSubscription.LOWEST_VERSION
                            + " or more",
                    reader.position());
        }
        // Newer versions only append, so they read as the newest known.
        ConsumerProtocolSubscription message = new ConsumerProtocolSubscription();
        message.read(reader, (short) Math.min(version, ConsumerProtocolSubscription.HIGHEST_VERSION));
        return message.topics();
    }
}
