package io.ottla.replication.metadata;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * An immutable sorted map: an AVL tree of which an update copies only the path from the root to the changed node. So an
 * update of one topic among ten thousand costs some fourteen nodes, and every older version stays valid.
 */
final class PersistentTree<K extends Comparable<? super K>, V> implements Iterable<V> {

    private static final PersistentTree<String, Object> EMPTY = new PersistentTree<>(null, 0);

    private final @Nullable Node<K, V> root;
    private final int size;

    private PersistentTree(@Nullable Node<K, V> root, int size) {
        this.root = root;
        this.size = size;
    }

    @SuppressWarnings("unchecked")
    static <K extends Comparable<? super K>, V> PersistentTree<K, V> empty() {
        // The empty tree holds neither key nor value, so one instance serves all types.
        return (PersistentTree<K, V>) (PersistentTree<?, ?>) EMPTY;
    }

    int size() {
        return size;
    }

    @Nullable
    V get(K key) {
        Node<K, V> node = root;
        while (node != null) {
            int order = key.compareTo(node.key);
            if (order == 0) {
                return node.value;
            }
            node = order < 0 ? node.left : node.right;
        }
        return null;
    }

    PersistentTree<K, V> with(K key, V value) {
        return new PersistentTree<>(insert(root, key, value), get(key) == null ? size + 1 : size);
    }

    PersistentTree<K, V> without(K key) {
        return get(key) == null ? this : new PersistentTree<>(remove(root, key), size - 1);
    }

    /** Values in key order. */
    @Override
    public Iterator<V> iterator() {
        return new InOrder<>(root, null);
    }

    /** Values in key order whose keys are not below {@code from}. */
    Iterator<V> iteratorFrom(K from) {
        return new InOrder<>(root, from);
    }

    @Override
    public void forEach(Consumer<? super V> action) {
        for (Iterator<V> values = iterator(); values.hasNext(); ) {
            action.accept(values.next());
        }
    }

    private static <K extends Comparable<? super K>, V> Node<K, V> insert(@Nullable Node<K, V> node, K key, V value) {
        if (node == null) {
            return new Node<>(key, value, null, null);
        }
        int order = key.compareTo(node.key);
        if (order == 0) {
            return new Node<>(key, value, node.left, node.right);
        }
        return order < 0
                ? balance(node, insert(node.left, key, value), node.right)
                : balance(node, node.left, insert(node.right, key, value));
    }

    private static <K extends Comparable<? super K>, V> @Nullable Node<K, V> remove(@Nullable Node<K, V> node, K key) {
        if (node == null) {
            return null;
        }
        int order = key.compareTo(node.key);
        if (order < 0) {
            return balance(node, remove(node.left, key), node.right);
        }
        if (order > 0) {
            return balance(node, node.left, remove(node.right, key));
        }
        if (node.left == null) {
            return node.right;
        }
        if (node.right == null) {
            return node.left;
        }
        Node<K, V> successor = node.right;
        while (successor.left != null) {
            successor = successor.left;
        }
        return balance(successor, node.left, remove(node.right, successor.key));
    }

    /** A node with the entry of {@code entry} over two subtrees whose heights differ by at most two. */
    private static <K extends Comparable<? super K>, V> Node<K, V> balance(
            Node<K, V> entry, @Nullable Node<K, V> left, @Nullable Node<K, V> right) {
        int lean = height(left) - height(right);
        if (lean > 1 && left != null) {
            Node<K, V> inner = left.right;
            if (height(left.left) >= height(inner) || inner == null) {
                return node(left, left.left, node(entry, inner, right));
            }
            return node(inner, node(left, left.left, inner.left), node(entry, inner.right, right));
        }
        if (lean < -1 && right != null) {
            Node<K, V> inner = right.left;
            if (height(right.right) >= height(inner) || inner == null) {
                return node(right, node(entry, left, inner), right.right);
            }
            return node(inner, node(entry, left, inner.left), node(right, inner.right, right.right));
        }
        return node(entry, left, right);
    }

    private static <K extends Comparable<? super K>, V> Node<K, V> node(
            Node<K, V> entry, @Nullable Node<K, V> left, @Nullable Node<K, V> right) {
        return new Node<>(entry.key, entry.value, left, right);
    }

    private static int height(@Nullable Node<?, ?> node) {
        return node == null ? 0 : node.height;
    }

    private static final class Node<K extends Comparable<? super K>, V> {
        final K key;
        final V value;
        final @Nullable Node<K, V> left;
        final @Nullable Node<K, V> right;
        final int height;

        Node(K key, V value, @Nullable Node<K, V> left, @Nullable Node<K, V> right) {
            this.key = key;
            this.value = value;
            this.left = left;
            this.right = right;
            this.height = 1 + Math.max(height(left), height(right));
        }
    }

    private static final class InOrder<K extends Comparable<? super K>, V> implements Iterator<V> {
        private final Deque<Node<K, V>> path = new ArrayDeque<>();

        InOrder(@Nullable Node<K, V> root, @Nullable K from) {
            Node<K, V> node = root;
            while (node != null) {
                if (from != null && node.key.compareTo(from) < 0) {
                    node = node.right;
                } else {
                    path.push(node);
                    node = node.left;
                }
            }
        }

        @Override
        public boolean hasNext() {
            return !path.isEmpty();
        }

        @Override
        public V next() {
            if (path.isEmpty()) {
                throw new NoSuchElementException("past the last value of the tree");
            }
            Node<K, V> next = path.pop();
            for (Node<K, V> node = next.right; node != null; node = node.left) {
                path.push(node);
            }
            return next.value;
        }
    }
}
