package io.ottla.controller.znode;

import io.ottla.controller.znode.ConfigNode.EntityType;
import java.util.ArrayList;
import java.util.List;

/** The nodes that every broker makes sure of when it starts, parents before children. */
public final class PersistentPaths {

    private static final List<String> ALL = all();

    private PersistentPaths() {}

    /** In the order in which to create them. */
    public static List<String> inOrder() {
        return ALL;
    }

    private static List<String> all() {
        List<String> paths = new ArrayList<>(List.of(
                "/consumers",
                "/brokers",
                BrokerIdNode.PARENT,
                TopicNode.PARENT,
                BrokerSequenceNode.PATH,
                "/cluster",
                ConfigNode.PARENT,
                ConfigChangeNode.PARENT,
                "/admin",
                DeleteTopicsNode.PARENT,
                IsrChangeNode.PARENT,
                ProducerIdBlockNode.PATH,
                LogDirEventNode.PARENT));
        for (EntityType type : EntityType.values()) {
            paths.add(type.parent());
        }
        return List.copyOf(paths);
    }
}
