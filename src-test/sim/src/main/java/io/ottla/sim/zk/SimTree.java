package io.ottla.sim.zk;

import io.ottla.controller.zk.CreatedNode;
import io.ottla.controller.zk.Node;
import io.ottla.controller.zk.NodeEvent;
import io.ottla.controller.zk.NodeKind;
import io.ottla.controller.zk.NodeStat;
import io.ottla.controller.zk.WriteOperation;
import io.ottla.controller.zk.WriteResult;
import io.ottla.controller.zk.ZooKeeperError;
import io.ottla.controller.zk.ZooKeeperException;
import io.ottla.controller.zk.ZooKeeperSession;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** The nodes. A transaction takes effect as a whole; then its events are told. */
final class SimTree {
    private final Map<String, ZNode> nodes = new TreeMap<>();
    private final LongSupplier clockMs;
    private final Consumer<NodeEvent> onEvent;
    private long zxid;

    /** Nobody writes to the array. */
    @SuppressWarnings("ArrayRecordComponent")
    private record ZNode(byte[] data, long czxid, long mzxid, int version, long owner, long createdAtMs, int sequence) {
        ZNode withData(byte[] next, long at) {
            return new ZNode(next, czxid, at, version + 1, owner, createdAtMs, sequence);
        }

        ZNode withSequence(int next) {
            return new ZNode(data, czxid, mzxid, version, owner, createdAtMs, next);
        }
    }

    SimTree(LongSupplier clockMs, Consumer<NodeEvent> onEvent) {
        this.clockMs = clockMs;
        this.onEvent = onEvent;
        nodes.put("/", new ZNode(new byte[0], 0, 0, 0, 0, 0, 0));
    }

    Optional<Node> get(String path) {
        ZNode node = nodes.get(path);
        return node == null ? Optional.empty() : Optional.of(new Node(node.data, statOf(path, node)));
    }

    List<String> children(String path) {
        if (!nodes.containsKey(path)) {
            throw error(ZooKeeperError.NO_NODE, path);
        }
        return childrenOf(path);
    }

    private List<String> childrenOf(String path) {
        String prefix = path.equals("/") ? "/" : path + "/";
        List<String> found = new ArrayList<>();
        for (String name :
                ((TreeMap<String, ZNode>) nodes).tailMap(prefix, false).keySet()) {
            if (!name.startsWith(prefix)) {
                break;
            }
            if (name.indexOf('/', prefix.length()) < 0) {
                found.add(name.substring(prefix.length()));
            }
        }
        return found;
    }

    private NodeStat statOf(String path, ZNode node) {
        return new NodeStat(
                node.czxid,
                node.mzxid,
                node.version,
                node.owner,
                node.createdAtMs,
                childrenOf(path).size());
    }

    CreatedNode create(String path, byte[] data, NodeKind kind, long session) {
        Transaction transaction = new Transaction(session);
        String created = transaction.create(path, data, kind);
        transaction.commit();
        return new CreatedNode(created, get(created).orElseThrow().stat());
    }

    NodeStat set(String path, byte[] data, int expectedVersion) {
        Transaction transaction = new Transaction(0);
        transaction.set(path, data, expectedVersion);
        transaction.commit();
        return get(path).orElseThrow().stat();
    }

    void delete(String path, int expectedVersion) {
        Transaction transaction = new Transaction(0);
        transaction.delete(path, expectedVersion);
        transaction.commit();
    }

    /** Deletes the ephemeral nodes of a session. */
    void endSession(long session) {
        Transaction transaction = new Transaction(session);
        for (String path : List.copyOf(nodes.keySet())) {
            ZNode node = nodes.get(path);
            if (node != null && node.owner == session) {
                transaction.delete(path, ZooKeeperSession.ANY_VERSION);
            }
        }
        transaction.commit();
    }

    List<WriteResult> multi(List<WriteOperation> operations, long session) {
        Transaction transaction = new Transaction(session);
        List<WriteResult> results = new ArrayList<>();
        for (int i = 0; i < operations.size(); i++) {
            try {
                results.add(transaction.apply(operations.get(i)));
            } catch (ZooKeeperException e) {
                transaction.rollBack();
                throw new ZooKeeperException(e.error(), e.path(), i, e.path() + ": ZooKeeper answered " + e.error());
            }
        }
        transaction.commit();
        return results;
    }

    private static ZooKeeperException error(ZooKeeperError error, String path) {
        return new ZooKeeperException(error, path, path + ": ZooKeeper answered " + error);
    }

    private static String parentOf(String path) {
        int slash = path.lastIndexOf('/');
        return slash <= 0 ? "/" : path.substring(0, slash);
    }

    private final class Transaction {
        private final long session;
        private final long at = zxid + 1;
        private final List<Runnable> undo = new ArrayList<>();
        private final List<NodeEvent> events = new ArrayList<>();

        Transaction(long session) {
            this.session = session;
        }

        private void put(String path, @Nullable ZNode node) {
            ZNode before = node == null ? nodes.remove(path) : nodes.put(path, node);
            undo.add(() -> {
                if (before == null) {
                    nodes.remove(path);
                } else {
                    nodes.put(path, before);
                }
            });
        }

        WriteResult apply(WriteOperation operation) {
            if (operation instanceof WriteOperation.Check check) {
                require(check.path(), check.expectedVersion());
                return new WriteResult.Done();
            }
            if (operation instanceof WriteOperation.Create create) {
                return new WriteResult.Created(create(create.path(), create.data(), create.kind()));
            }
            if (operation instanceof WriteOperation.SetData change) {
                set(change.path(), change.data(), change.expectedVersion());
                return new WriteResult.Changed(get(change.path()).orElseThrow().stat());
            }
            WriteOperation.Delete delete = (WriteOperation.Delete) operation;
            delete(delete.path(), delete.expectedVersion());
            return new WriteResult.Done();
        }

        private ZNode require(String path, int expectedVersion) {
            ZNode node = nodes.get(path);
            if (node == null) {
                throw error(ZooKeeperError.NO_NODE, path);
            }
            if (expectedVersion != ZooKeeperSession.ANY_VERSION && expectedVersion != node.version) {
                throw error(ZooKeeperError.BAD_VERSION, path);
            }
            return node;
        }

        String create(String wanted, byte[] data, NodeKind kind) {
            String parentPath = parentOf(wanted);
            ZNode parent = require(parentPath, ZooKeeperSession.ANY_VERSION);
            if (parent.owner != 0) {
                throw error(ZooKeeperError.NO_CHILDREN_FOR_EPHEMERALS, wanted);
            }
            String path =
                    kind == NodeKind.PERSISTENT_SEQUENTIAL ? "%s%010d".formatted(wanted, parent.sequence) : wanted;
            if (nodes.containsKey(path)) {
                throw error(ZooKeeperError.NODE_EXISTS, path);
            }
            put(parentPath, parent.withSequence(parent.sequence + 1));
            long owner = kind == NodeKind.EPHEMERAL ? session : 0;
            put(path, new ZNode(data, at, at, 0, owner, clockMs.getAsLong(), 0));
            events.add(new NodeEvent(path, NodeEvent.Type.CREATED));
            events.add(new NodeEvent(parentPath, NodeEvent.Type.CHILDREN_CHANGED));
            return path;
        }

        void set(String path, byte[] data, int expectedVersion) {
            put(path, require(path, expectedVersion).withData(data, at));
            events.add(new NodeEvent(path, NodeEvent.Type.DATA_CHANGED));
        }

        void delete(String path, int expectedVersion) {
            require(path, expectedVersion);
            if (!childrenOf(path).isEmpty()) {
                throw error(ZooKeeperError.NOT_EMPTY, path);
            }
            put(path, null);
            events.add(new NodeEvent(path, NodeEvent.Type.DELETED));
            events.add(new NodeEvent(parentOf(path), NodeEvent.Type.CHILDREN_CHANGED));
        }

        void rollBack() {
            for (int i = undo.size() - 1; i >= 0; i--) {
                undo.get(i).run();
            }
        }

        void commit() {
            zxid = at;
            events.forEach(onEvent);
        }
    }
}
