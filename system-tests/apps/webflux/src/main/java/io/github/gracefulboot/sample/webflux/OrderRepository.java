package io.github.gracefulboot.sample.webflux;

import java.util.List;

import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.GeneratedKeyHolder;
import org.springframework.jdbc.support.KeyHolder;
import org.springframework.stereotype.Repository;

/**
 * Orders in the embedded database. Blocks, so that its callers use a scheduler for that.
 */
@Repository
class OrderRepository {

	private final JdbcClient jdbc;

	OrderRepository(JdbcClient jdbc) {
		this.jdbc = jdbc;
	}

	Order save(String item, int quantity) {
		KeyHolder id = new GeneratedKeyHolder();
		this.jdbc.sql("insert into orders (item, quantity) values (:item, :quantity)")
			.param("item", item)
			.param("quantity", quantity)
			.update(id, "id");
		return new Order(id.getKeyAs(Long.class), item, quantity);
	}

	List<Order> findLatest(int limit) {
		return this.jdbc.sql("select id, item, quantity from orders order by id desc limit :limit")
			.param("limit", limit)
			.query(Order.class)
			.list();
	}

}
