package io.ottla.controller.zk;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.Op;
import org.apache.zookeeper.OpResult;
import org.apache.zookeeper.WatchedEvent;
import org.apache.zookeeper.Watcher;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.data.Stat;
import org.jspecify.annotations.Nullable;

/**
 * One request that can be sent as often as the connection breaks, and its result. Translates to and from ZooKeeper's
 * own types. Confined to the session's executor, but for the callbacks, which only carry an outcome away.
 */
final class ZooKeeperRequest<T> {

    /** What one attempt has come to; the value is that of a success, the index that of a multi's refused write. */
    record Outcome<T>(Code code, @Nullable T value, int operationIndex, String path) {}

    private interface Attempt<T> {
        void send(ZooKeeper client, Consumer<Outcome<T>> onOutcome);
    }

    private final String path;
    private final Attempt<T> attempt;
    private final CompletableFuture<T> result = new CompletableFuture<>();

    private ZooKeeperRequest(String path, Attempt<T> attempt) {
        this.path = path;
        this.attempt = attempt;
    }

    CompletableFuture<T> result() {
        return result;
    }

    void send(ZooKeeper client, Consumer<Outcome<T>> onOutcome) {
        attempt.send(client, onOutcome);
    }

    void fail(ZooKeeperError error, String why) {
        result.completeExceptionally(new ZooKeeperException(error, path, path + ": " + why));
    }

    void complete(Outcome<T> outcome) {
        if (outcome.code() == Code.OK) {
            result.complete(outcome.value());
        } else {
            result.completeExceptionally(new ZooKeeperException(
                    errorOf(outcome.code()),
                    outcome.path(),
                    outcome.operationIndex(),
                    outcome.path() + ": ZooKeeper answered " + outcome.code()));
        }
    }

    static ZooKeeperRequest<Optional<Node>> get(String path, @Nullable Watcher watcher) {
        return new ZooKeeperRequest<>(
                path,
                (client, onOutcome) -> client.getData(
                        path,
                        watcher,
                        (rc, p, context, data, stat) -> onOutcome.accept(found(
                                rc, path, rc == 0 ? new Node(data == null ? new byte[0] : data, statOf(stat)) : null)),
                        null));
    }

    static ZooKeeperRequest<Optional<NodeStat>> exists(String path, @Nullable Watcher watcher) {
        return new ZooKeeperRequest<>(
                path,
                (client, onOutcome) -> client.exists(
                        path,
                        watcher,
                        (rc, p, context, stat) -> onOutcome.accept(found(rc, path, rc == 0 ? statOf(stat) : null)),
                        null));
    }

    static ZooKeeperRequest<List<String>> children(String path, @Nullable Watcher watcher) {
        return new ZooKeeperRequest<>(
                path,
                (client, onOutcome) -> client.getChildren(
                        path,
                        watcher,
                        (rc, p, context, children) -> {
                            List<String> names = children == null ? List.of() : new ArrayList<>(children);
                            if (rc == 0) {
                                Collections.sort(names);
                            }
                            onOutcome.accept(outcome(rc, path, names));
                        },
                        null));
    }

    static ZooKeeperRequest<CreatedNode> create(String path, byte[] data, NodeKind kind) {
        return new ZooKeeperRequest<>(
                path,
                (client, onOutcome) -> client.create(
                        path,
                        data,
                        ZooDefs.Ids.OPEN_ACL_UNSAFE,
                        modeOf(kind),
                        (rc, p, context, name, stat) -> onOutcome.accept(
                                outcome(rc, path, rc == 0 ? new CreatedNode(name, statOf(stat)) : null)),
                        null));
    }

    static ZooKeeperRequest<NodeStat> set(String path, byte[] data, int expectedVersion) {
        return new ZooKeeperRequest<>(
                path,
                (client, onOutcome) -> client.setData(
                        path,
                        data,
                        expectedVersion,
                        (rc, p, context, stat) -> onOutcome.accept(outcome(rc, path, rc == 0 ? statOf(stat) : null)),
                        null));
    }

    static ZooKeeperRequest<Void> delete(String path, int expectedVersion) {
        return new ZooKeeperRequest<>(
                path,
                (client, onOutcome) -> client.delete(
                        path, expectedVersion, (rc, p, context) -> onOutcome.accept(outcome(rc, path, null)), null));
    }

    static ZooKeeperRequest<List<WriteResult>> multi(String chroot, List<WriteOperation> operations) {
        List<Op> ops = operations.stream().map(op -> opOf(chroot, op)).toList();
        String first = operations.isEmpty() ? "/" : operations.get(0).path();
        return new ZooKeeperRequest<>(
                first,
                (client, onOutcome) -> client.multi(
                        ops,
                        (rc, p, context, results) -> onOutcome.accept(
                                rc == 0
                                        ? outcome(rc, first, resultsOf(chroot, results))
                                        : refusal(rc, operations, results == null ? List.of() : results)),
                        null));
    }

    /** The kind of a node event, null if it speaks of the session only. */
    static NodeEvent.@Nullable Type typeOf(WatchedEvent event) {
        return switch (event.getType()) {
            case NodeCreated -> NodeEvent.Type.CREATED;
            case NodeDeleted -> NodeEvent.Type.DELETED;
            case NodeDataChanged -> NodeEvent.Type.DATA_CHANGED;
            case NodeChildrenChanged -> NodeEvent.Type.CHILDREN_CHANGED;
            default -> null;
        };
    }

    private static <T> Outcome<T> outcome(int rc, String path, @Nullable T value) {
        return new Outcome<>(Code.get(rc), value, -1, path);
    }

    private static <T> Outcome<Optional<T>> found(int rc, String path, @Nullable T value) {
        Code code = Code.get(rc);
        return new Outcome<>(code == Code.NONODE ? Code.OK : code, Optional.ofNullable(value), -1, path);
    }

    private static Outcome<List<WriteResult>> refusal(int rc, List<WriteOperation> operations, List<OpResult> results) {
        for (int i = 0; i < results.size(); i++) {
            if (results.get(i) instanceof OpResult.ErrorResult error
                    && error.getErr() != Code.OK.intValue()
                    && error.getErr() != Code.RUNTIMEINCONSISTENCY.intValue()) {
                return new Outcome<>(
                        Code.get(error.getErr()), null, i, operations.get(i).path());
            }
        }
        return outcome(rc, operations.isEmpty() ? "/" : operations.get(0).path(), null);
    }

    private static List<WriteResult> resultsOf(String chroot, List<OpResult> results) {
        List<WriteResult> converted = new ArrayList<>(results.size());
        for (OpResult result : results) {
            if (result instanceof OpResult.CreateResult created) {
                converted.add(new WriteResult.Created(created.getPath().substring(chroot.length())));
            } else if (result instanceof OpResult.SetDataResult changed) {
                converted.add(new WriteResult.Changed(statOf(changed.getStat())));
            } else {
                converted.add(new WriteResult.Done());
            }
        }
        return converted;
    }

    private static Op opOf(String chroot, WriteOperation operation) {
        String path = chroot + operation.path();
        if (operation instanceof WriteOperation.Check check) {
            return Op.check(path, check.expectedVersion());
        }
        if (operation instanceof WriteOperation.Create create) {
            return Op.create(path, create.data(), ZooDefs.Ids.OPEN_ACL_UNSAFE, modeOf(create.kind()));
        }
        if (operation instanceof WriteOperation.SetData set) {
            return Op.setData(path, set.data(), set.expectedVersion());
        }
        return Op.delete(path, ((WriteOperation.Delete) operation).expectedVersion());
    }

    private static CreateMode modeOf(NodeKind kind) {
        return switch (kind) {
            case PERSISTENT -> CreateMode.PERSISTENT;
            case EPHEMERAL -> CreateMode.EPHEMERAL;
            case PERSISTENT_SEQUENTIAL -> CreateMode.PERSISTENT_SEQUENTIAL;
        };
    }

    private static NodeStat statOf(Stat stat) {
        return new NodeStat(
                stat.getCzxid(),
                stat.getMzxid(),
                stat.getVersion(),
                stat.getEphemeralOwner(),
                stat.getCtime(),
                stat.getNumChildren());
    }

    private static ZooKeeperError errorOf(Code code) {
        return switch (code) {
            case NONODE -> ZooKeeperError.NO_NODE;
            case NODEEXISTS -> ZooKeeperError.NODE_EXISTS;
            case NOTEMPTY -> ZooKeeperError.NOT_EMPTY;
            case BADVERSION -> ZooKeeperError.BAD_VERSION;
            case NOCHILDRENFOREPHEMERALS -> ZooKeeperError.NO_CHILDREN_FOR_EPHEMERALS;
            case NOAUTH, AUTHFAILED, INVALIDACL, SESSIONCLOSEDREQUIRESASLAUTH -> ZooKeeperError.NOT_AUTHORIZED;
            case RUNTIMEINCONSISTENCY -> ZooKeeperError.ROLLED_BACK;
            case SESSIONEXPIRED -> ZooKeeperError.SESSION_EXPIRED;
            case CONNECTIONLOSS -> ZooKeeperError.CLOSED;
            default -> ZooKeeperError.OTHER;
        };
    }
}
