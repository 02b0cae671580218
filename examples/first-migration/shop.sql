create table products (
  id integer primary key,
  name text not null unique,
  price real not null
);

create table orders (
  id integer primary key,
  product_id integer not null references products (id),
  quantity integer not null
);
create index orders_by_product on orders (product_id);

insert into products (id, name, price) values (1, 'lamp', 24.5), (2, 'chair', 79.9), (3, 'table', 149);
insert into orders (id, product_id, quantity) values (1, 1, 2), (2, 2, 4), (3, 3, 1), (4, 1, 1);
